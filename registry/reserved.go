package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
)

// The rules of reserved fields. They hold under every level and belong to no
// format.
const (
	reservedConflict compat.RuleID = "RESERVED_FIELD_CONFLICT"
	reservedRemoved  compat.RuleID = "RESERVED_FIELD_REMOVED"
)

// reservedNames are the top-level fields that metadata keeps schemas from
// having.
func (m *Metadata) reservedNames() []string {
	list, _ := m.property("confluent:reserved")
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// reserved lists where a candidate has a field that it reserves, or no longer
// reserves one that the latest live version does (contract 3.6).
func (s *Service) reserved(ctx context.Context, c *candidate, snap *Snapshot) ([]compat.Incompatibility, error) {
	var found []compat.Incompatibility
	add := func(rule compat.RuleID, v Version, format, name string) {
		message := fmt.Sprintf(format, name)
		found = append(found, compat.Incompatibility{
			Version: int(v), Direction: compat.CandidateReads, Entry: message,
			Difference: compat.Difference{Rule: rule, Message: message},
		})
	}
	fields, reserved := c.parsed.Fields(), c.schema.Metadata.reservedNames()
	for _, name := range reserved {
		if slices.Contains(fields, name) {
			add(reservedConflict, 0, "The new schema has field that conflicts with the reserved field %s.", name)
		}
	}
	latest, ok := snap.latest()
	if !ok {
		return found, nil
	}
	content, err := s.content(ctx, snap.Subject.Context, latest.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, ErrStale // purged since the snapshot
	}
	if err != nil {
		return nil, err
	}
	for _, name := range content.Metadata.reservedNames() {
		if !slices.Contains(reserved, name) {
			add(reservedRemoved, latest.Version,
				"The new schema has reserved field %s removed from its metadata which is present in the old schema's metadata.", name)
		}
	}
	return found, nil
}

// validateFields refuses names that are kept for the registry's own use. Only
// JSON Schema can spell them.
func (c *candidate) validateFields(config Config) error {
	if !isTrue(config.ValidateFields) {
		return nil
	}
	for _, name := range c.parsed.Fields() {
		if strings.HasPrefix(name, "$$") {
			return invalidSchema("Invalid schema of type %s, details: Field names cannot start with $$ prefix", c.schema.Type)
		}
	}
	return nil
}
