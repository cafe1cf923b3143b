package registry

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/muster-registry/muster/compat"
)

// CheckRequest asks whether a schema may follow what a subject holds.
type CheckRequest struct {
	Subject   Subject
	Schema    Schema
	Normalize bool
	// Version to compare with: a number, Latest, or zero for every live
	// version that the level in force asks for.
	Version Version
}

// Checked is the answer: a report and its messages as the contract words them.
type Checked struct {
	compat.Report
	Messages []string
}

// Check compares a candidate with a subject's live versions under the settings
// in force (contract 3.6). A subject without versions takes anything. Nothing
// is stored, and the mode does not matter.
func (s *Service) Check(ctx context.Context, req CheckRequest) (Checked, error) {
	snap, err := s.snapshot(ctx, req.Subject)
	if err != nil {
		return Checked{}, err
	}
	req.Subject = snap.Subject
	config := snap.Scopes.config()
	if snap.Scopes.mode() == Import {
		config.ValidateFields = nil
	}
	versions, err := snap.against(req.Version)
	if err != nil {
		return Checked{}, err
	}
	c, err := s.candidate(ctx, req.Subject, req.Schema, config.intake(req.Normalize))
	if err != nil {
		return Checked{}, err
	}
	if c.invalid != nil {
		return Checked{}, c.invalid
	}
	if err := c.validateFields(config); err != nil {
		return Checked{}, err
	}
	report, err := s.check(ctx, c, snap, versions, config)
	if errors.Is(err, ErrStale) {
		return s.Check(ctx, req)
	}
	if err != nil {
		return Checked{}, err
	}
	return Checked{Report: report, Messages: report.Messages(isTrue(config.ValidateFields))}, nil
}

// against lists the versions to compare with, newest first.
func (snap *Snapshot) against(v Version) (iter.Seq[Record], error) {
	switch v {
	case 0:
		return snap.newestFirst(), nil
	case Latest:
		latest, ok := snap.latest()
		if !ok {
			return snap.newestFirst(), nil
		}
		return slices.Values([]Record{latest}), nil
	}
	for r := range snap.newestFirst() {
		if r.Version == v {
			return slices.Values([]Record{r}), nil
		}
	}
	return nil, versionNotFound(v)
}

// javaList renders a list as the contract's texts do, after Java's
// List.toString.
func javaList(items []string) string { return "[" + strings.Join(items, ", ") + "]" }
