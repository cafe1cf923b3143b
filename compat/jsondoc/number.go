package jsondoc

import "strconv"

// number reads a number literal. Its length and exponent are bounded because
// libraries expand exponents into digits.
func (s *scanner) number() (*Value, error) {
	start := s.pos
	if s.text[s.pos] == '-' {
		s.pos++
	}
	switch whole := s.digits(); {
	case whole == 0:
		return nil, s.bad(start, "a number without digits")
	case whole > 1 && s.text[s.pos-whole] == '0':
		return nil, s.bad(start, "a number with a leading zero")
	}
	if s.pos < len(s.text) && s.text[s.pos] == '.' {
		s.pos++
		if s.digits() == 0 {
			return nil, s.bad(start, "a number without digits after its point")
		}
	}
	if err := s.exponent(start); err != nil {
		return nil, err
	}
	if limit := s.opts.Limits.Number; limit > 0 && s.pos-start > limit {
		return nil, s.bad(start, "a number of more than %d characters", limit)
	}
	return s.leaf(Number, s.text[start:s.pos], start), nil
}

func (s *scanner) exponent(start int) error {
	if s.pos >= len(s.text) || s.text[s.pos]|0x20 != 'e' {
		return nil
	}
	s.pos++
	if s.pos < len(s.text) && (s.text[s.pos] == '+' || s.text[s.pos] == '-') {
		s.pos++
	}
	n := s.digits()
	if n == 0 {
		return s.bad(start, "a number without digits in its exponent")
	}
	if limit := s.opts.Limits.Exponent; limit > 0 {
		if value, err := strconv.Atoi(s.text[s.pos-n : s.pos]); err != nil || value > limit {
			return s.bad(start, "a number with an exponent beyond %d", limit)
		}
	}
	return nil
}

// digits steps over decimal digits and returns how many there were.
func (s *scanner) digits() int {
	start := s.pos
	for s.pos < len(s.text) && '0' <= s.text[s.pos] && s.text[s.pos] <= '9' {
		s.pos++
	}
	return s.pos - start
}
