package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/muster-registry/muster/compat"
)

// RegisterRequest is what a client asks to register.
type RegisterRequest struct {
	Subject   Subject
	Schema    Schema // a blank text takes the latest version's text, type and references
	Normalize bool
	// Version is the number the client expects to create; zero is the next,
	// whatever it is, Latest the same unless the latest version holds the
	// schema already.
	Version Version
	ID      *SchemaID // explicit, for mode IMPORT
	// Registered is when, which counts in mode IMPORT alone; zero is the time
	// of the call.
	Registered time.Time
	Force      bool // skip the compatibility check
	Tags       TagChange
}

// Registered is the version that holds a schema, after registering it.
type Registered struct {
	Record  Record
	Content Content
	// Created tells a new version from one that was there.
	Created bool
	// Checked is the comparison that was made for a new version.
	Checked *compat.Report
}

// Register gives a schema an ID and a version in a subject (contract 3.4).
// Registering what the subject already holds returns the version it has, in
// every mode. The error for a schema that the level in force refuses is
// Incompatible and lists why.
func (s *Service) Register(ctx context.Context, req RegisterRequest) (Registered, error) {
	if err := req.Schema.RuleSet.validate(); err != nil {
		return Registered{}, err
	}
	if err := req.Subject.Validate(); err != nil {
		return Registered{}, err
	}
	var registered Registered
	err := s.changeMeant(ctx, req.Subject, func(edit Edit) error {
		var err error
		registered, err = s.register(ctx, req, edit)
		return err
	})
	return registered, err
}

// register is one attempt, on one snapshot.
func (s *Service) register(ctx context.Context, req RegisterRequest, edit Edit) (Registered, error) {
	snap := edit.Snapshot()
	if req.Subject = snap.Subject; req.Subject.Context == GlobalContext { // has settings and nothing else
		return Registered{}, invalidSubject(req.Subject.String())
	}
	config, mode := snap.Scopes.config(), snap.Scopes.mode()
	imports := mode == Import || mode == Forward
	var how intake
	if !imports {
		how = config.intake(req.Normalize)
	}

	schema, blank, err := req.Schema, req.Schema.blank(), error(nil)
	if blank && !imports {
		if schema, err = s.latestText(ctx, schema, snap); err != nil {
			return Registered{}, err
		}
	}
	// What the server writes over is not looked for as it was sent.
	asSent := !blank && !config.rewrites() && req.Tags.none()
	if !req.Tags.none() {
		if schema, err = s.retagged(ctx, req, schema, snap, imports); err != nil {
			return Registered{}, err
		}
		if req.Version == 0 && req.Tags.edits() {
			req.Version = Latest // which stamps what is new
		}
	}
	c, err := s.candidate(ctx, req.Subject, schema, how)
	if err != nil {
		return Registered{}, err
	}
	if asSent {
		if r, ok, err := s.alreadyThere(ctx, req, c, snap); ok || err != nil {
			return s.registered(ctx, r, err)
		}
	}
	completed := false
	if !imports {
		if c, completed, err = s.completed(ctx, c, snap, config); err != nil {
			return Registered{}, err
		}
	}
	if asSent && completed {
		if r, ok, err := s.alreadyThere(ctx, req, c, snap); ok || err != nil {
			return s.registered(ctx, r, err)
		}
	}

	if err := permitRegister(req, mode); err != nil {
		return Registered{}, err
	}
	if !asSent {
		if r, ok, err := s.alreadyThere(ctx, req, c, snap); ok || err != nil {
			return s.registered(ctx, r, err)
		}
	}
	if number, ok := stampFor(req, c, snap); ok && !imports {
		c = c.carrying(c.schema.Metadata.stamped(number), c.schema.RuleSet)
		if r, ok, err := s.alreadyThere(ctx, req, c, snap); ok || err != nil {
			return s.registered(ctx, r, err)
		}
	}
	if c.invalid != nil && !imports {
		return Registered{}, c.invalid
	}
	if !imports {
		if err := c.validateFields(config); err != nil {
			return Registered{}, err
		}
	}
	report := compat.Report{Level: compat.None}
	if !imports && !req.Force {
		if report, err = s.check(ctx, c, snap, snap.newestFirst(), config); err != nil {
			return Registered{}, err
		}
		if !report.Compatible() {
			return Registered{Checked: &report}, incompatible(req.Subject, report, config)
		}
	}
	version, err := versionFor(req, snap, imports)
	if err != nil {
		return Registered{}, err
	}
	if imports {
		if err := s.acyclic(ctx, snap.Subject, version, c.schema.References); err != nil {
			return Registered{}, err
		}
	}

	nv := NewVersion{Version: version, Schema: c.schema, Hash: c.hash, GUID: c.guid, Judged: report.Level, Import: imports}
	if imports {
		nv.Registered = req.Registered
	}
	if req.ID != nil {
		nv.ID = *req.ID
	}
	r, err := edit.Append(ctx, nv)
	switch {
	case errors.Is(err, ErrDangling):
		return Registered{}, ErrStale // resolved a moment ago: look again
	case errors.Is(err, ErrExhausted):
		return Registered{}, invalidSchema("The context has an ID %d, after which there is none.", maxVersion)
	case errors.Is(err, ErrTaken):
		return Registered{}, fail(NotPermitted, "Overwrite new schema with id %d in context %s is not permitted.",
			nv.ID, printedContext(req.Subject))
	case err != nil:
		return Registered{}, fmt.Errorf("appending to %s: %w", req.Subject, err)
	}
	if imports {
		s.caches.flush() // a replaced version may have been the last of its ID
	}
	done, err := s.registered(ctx, r, nil)
	done.Created, done.Checked = true, &report
	return done, err
}

// latestText fills a blank schema in from the latest version.
func (s *Service) latestText(ctx context.Context, sc Schema, snap *Snapshot) (Schema, error) {
	latest, ok := snap.latest()
	if !ok {
		return sc, nil
	}
	content, err := s.content(ctx, snap.Subject.Context, latest.ID)
	if errors.Is(err, ErrNotFound) {
		return Schema{}, ErrStale
	}
	if err != nil {
		return Schema{}, err
	}
	sc.Text, sc.Type, sc.References = content.Text, content.Type, content.References
	return sc, nil
}

// stampFor is the number of the version to be, where the request asks for one
// or the metadata has a stamp of whatever value.
func stampFor(req RegisterRequest, c *candidate, snap *Snapshot) (Version, bool) {
	_, has := c.schema.Metadata.property(stamp)
	if req.Version > 0 {
		return req.Version, true
	}
	return snap.next(), has || req.Version != 0
}

// alreadyThere finds the live version that makes registering needless: one with
// the same content, or one a lookup takes for the same schema. A request for a
// version or an ID is satisfied by that alone, Latest by the latest version.
// That a version asked for is found again lets a client repeat a request whose
// answer it lost.
func (s *Service) alreadyThere(ctx context.Context, req RegisterRequest, c *candidate, snap *Snapshot) (Record, bool, error) {
	versions := snap.Versions
	switch latest, ok := snap.latest(); {
	case req.Version == Latest && ok:
		versions = []Record{latest}
	case req.Version == Latest:
		return Record{}, false, nil
	case req.Version != 0 || req.ID != nil:
		versions = slices.DeleteFunc(slices.Clone(versions), func(r Record) bool {
			return req.Version > 0 && r.Version != req.Version || req.ID != nil && r.ID != *req.ID
		})
	}
	if r, ok := c.sameContent(versions, false); ok {
		return r, true, nil
	}
	return s.lookupEqual(ctx, c, versions, false)
}

func (s *Service) registered(ctx context.Context, r Record, err error) (Registered, error) {
	if err != nil {
		return Registered{}, err
	}
	content, err := s.content(ctx, r.Subject.Context, r.ID)
	if errors.Is(err, ErrNotFound) {
		return Registered{}, ErrStale
	}
	if err != nil {
		return Registered{}, err
	}
	return Registered{Record: r, Content: *content}, nil
}

// versionFor decides the number of a new version. A number the client named
// is compare-and-set, except in imports, which may leave gaps and replace.
func versionFor(req RegisterRequest, snap *Snapshot, imports bool) (Version, error) {
	switch {
	case req.ID != nil && *req.ID == 0:
		return 0, invalidSchema("0 is no schema ID: they count from 1")
	case req.Version <= 0 && snap.next() > maxVersion:
		return 0, invalidSchema("The subject has a version %d, after which there is no number.", maxVersion)
	case req.Version <= 0:
		return snap.next(), nil
	case req.Version != snap.next() && !imports:
		return 0, notNext()
	}
	return req.Version, nil
}

func notNext() *Error { return invalidSchema("Version is not one more than previous version") }

func incompatible(subject Subject, report compat.Report, config Config) *Error {
	return &Error{
		Kind: Incompatible,
		Message: fmt.Sprintf("Schema being registered is incompatible with an earlier schema for subject \"%s\", details: %s",
			subject, javaList(report.Messages(isTrue(config.ValidateFields)))),
		Incompatibilities: report.Incompatibilities,
	}
}
