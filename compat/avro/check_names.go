package avro

import "strings"

// alike tells whether one name is likely a misspelling or a variant of the
// other: custId and customerId, order_id and orderId.
func alike(a, b string) bool {
	a, b = plain(a), plain(b)
	if a == "" || b == "" {
		return false
	}
	if len(a) >= 3 && len(b) >= 3 && (strings.Contains(a, b) || strings.Contains(b, a)) {
		return true
	}
	return distance(a, b) <= max(len(a), len(b))*2/5
}

// plain drops what spelling habits differ in.
func plain(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// distance counts the bytes to insert, delete or replace. Of long names the
// beginnings alone are compared.
func distance(a, b string) int {
	const limit = 64
	a, b = a[:min(len(a), limit)], b[:min(len(b), limit)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
