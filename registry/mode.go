package registry

import (
	"context"
	"strings"
)

// Mode returns the mode of a scope: its own, or with inherited the one in
// force. The error is ModeNotConfigured for a subject or context without its
// own.
func (s *Service) Mode(ctx context.Context, scope Subject, inherited bool) (Mode, error) {
	snap, err := s.store.Snapshot(ctx, scope)
	if err != nil {
		return "", err
	}
	switch own := snap.Scopes.Own.Mode; {
	case inherited:
		return snap.Scopes.mode(), nil
	case own != "":
		return own, nil
	case isRoot(scope):
		return ReadWrite, nil
	}
	return "", fail(ModeNotConfigured, "Subject '%s' does not have subject-level mode configured", scope)
}

// SetMode sets the mode of a scope, nil clears it. IMPORT needs a scope
// without live versions, and removes the softly deleted ones for good, unless
// it is forced (contract 3.9).
func (s *Service) SetMode(ctx context.Context, scope Subject, name *string, force bool) error {
	if err := scope.Validate(); err != nil {
		return err
	}
	var mode Mode
	if name != nil {
		var ok bool
		if mode, ok = parseMode(*name); !ok {
			return fail(InvalidMode, "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.")
		}
	}
	// FORWARD is a migration helper of the cloud service: taken by the parser,
	// refused everywhere (contract 6).
	if mode == Forward {
		return fail(InvalidMode, "Forward mode only supported on global level")
	}
	if mode == Import && !force {
		if err := s.clearForImport(ctx, scope); err != nil {
			return err
		}
	}
	return s.change(ctx, scope, func(edit Edit) error {
		own := edit.Snapshot().Scopes.Own
		if mode == Import && !force && own.Mode != Import && edit.Snapshot().visible(false) {
			return cannotImport()
		}
		return edit.Configure(ctx, own.Config, mode)
	})
}

// parseMode reads a mode in any letter case.
func parseMode(s string) (Mode, bool) {
	switch m := Mode(strings.ToUpper(s)); m {
	case ReadWrite, ReadOnly, ReadOnlyOverride, Import, Forward:
		return m, true
	}
	return "", false
}

func cannotImport() *Error {
	return fail(NotPermitted, "Cannot import since found existing subjects")
}

// clearForImport removes what is softly deleted in a scope that has nothing
// live; a scope that imports already is left as it is.
func (s *Service) clearForImport(ctx context.Context, scope Subject) error {
	snap, err := s.store.Snapshot(ctx, scope)
	if err != nil {
		return err
	}
	if snap.Scopes.Own.Mode == Import {
		return nil
	}
	subjects := []Subject{scope}
	if scope.Name == "" {
		within := SubjectFilter{Context: scope.Context, AllContexts: isRoot(scope)}
		within.Limit = 1
		live, err := s.store.Subjects(ctx, within)
		if err != nil {
			return err
		}
		if len(live) > 0 {
			return cannotImport()
		}
		within.Which, within.Limit = DeletedOnly, 0
		if subjects, err = s.store.Subjects(ctx, within); err != nil {
			return err
		}
	}
	for _, subject := range subjects {
		if err := s.purgeDeleted(ctx, subject); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) purgeDeleted(ctx context.Context, subject Subject) error {
	err := s.change(ctx, subject, func(edit Edit) error {
		snap := edit.Snapshot()
		if snap.visible(false) {
			return cannotImport()
		}
		var versions []Version
		for _, r := range snap.Versions {
			versions = append(versions, r.Version)
		}
		if len(versions) == 0 {
			return nil
		}
		return s.remove(ctx, edit, versions, true)
	})
	s.caches.flush()
	return err
}

// DeleteMode clears the mode of a scope and returns what it was. With recursive
// it clears those of a context's subjects as well, one after the other, and
// returns an empty mode where the scope itself had none. Otherwise the error is
// SubjectNotFound where none was set, except for the default and the global
// context.
func (s *Service) DeleteMode(ctx context.Context, scope Subject, recursive bool) (Mode, error) {
	var before Mode
	err := s.change(ctx, scope, func(edit Edit) error {
		own := edit.Snapshot().Scopes.Own
		before = own.Mode
		switch {
		case own.Mode != "":
			return edit.Configure(ctx, own.Config, "")
		case recursive:
			return nil
		case isRoot(scope):
			before = ReadWrite
			return nil
		}
		return subjectNotFound(scope)
	})
	if err != nil || !recursive || scope.Name != "" {
		return before, err
	}
	subjects, err := s.store.Modes(ctx, scope.Context)
	if err != nil {
		return "", err
	}
	for _, subject := range subjects {
		_, err := s.DeleteMode(ctx, subject, false)
		if err != nil && KindOf(err) != SubjectNotFound { // cleared meanwhile
			return "", err
		}
	}
	return before, nil
}

// permitRegister refuses what the mode forbids for a schema the subject does
// not hold yet (the table of contract 3.9).
func permitRegister(req RegisterRequest, mode Mode) error {
	switch {
	case mode == ReadOnly || mode == ReadOnlyOverride:
		return forbidden(req.Subject, "is in read-only mode")
	case (mode == Import || mode == Forward) && req.ID == nil:
		return forbidden(req.Subject, "is not in read-write mode")
	case mode == ReadWrite && req.ID != nil:
		return forbidden(req.Subject, "is not in import mode")
	}
	return nil
}

// permitChange refuses deletions and configuration in the read-only modes.
func permitChange(subject Subject, mode Mode) error {
	if mode == ReadOnly || mode == ReadOnlyOverride {
		return forbidden(subject, "is in read-only mode")
	}
	return nil
}

// forbidden words the refusal as the contract does: the default context prints
// as nothing, and a change to the default context's settings has no subject.
func forbidden(subject Subject, why string) *Error {
	name := subject.String()
	if isRoot(subject) {
		name = "null"
	}
	return fail(NotPermitted, "Subject %s in context %s %s", name, printedContext(subject), why)
}

func printedContext(subject Subject) string {
	if subject.Context == DefaultContext {
		return ""
	}
	return ":" + string(subject.Context) + ":"
}
