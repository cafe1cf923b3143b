package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/httpapi/entity"
)

// ErrConflict matches the refusal to replace something that a registry has and
// that differs from the archive's.
var ErrConflict = errors.New("the registry has something else")

// Result says what became of an archive's records.
type Result struct {
	Written, Present int
	// Renamed are the versions, written or present, whose schema has another
	// GUID there than in the archive. A GUID follows from the content and cannot
	// be set, so that payloads framed with the old one are not known there.
	Renamed []Renamed
}

// Renamed is a version and its two GUIDs.
type Renamed struct {
	Subject  string
	Version  int
	From, To string
}

// Restore puts records into a registry: versions with their numbers, IDs and
// times, the deletions, configurations and modes. What is there and equal
// stays as it is, so that a restore that broke off can be run again; what is
// there and differs is an ErrConflict and ends it. step is called after each
// record.
//
// The one subject that is written to is in mode IMPORT meanwhile, and has its
// own mode back before the next is written and before Restore returns, also
// when ctx has ended. A subject that an earlier restore left in IMPORT gets
// the mode of the archive.
func Restore(ctx context.Context, c *client.Client, records Records, step func()) (Result, error) {
	r := restoring{client: c, stuck: make(map[string]bool)}
	err := r.all(ctx, records, step)
	return r.result, errors.Join(err, r.leave(ctx, false))
}

// restoring is one restore.
type restoring struct {
	client  *client.Client
	result  Result
	subject string          // that is being written
	there   versions        // what the registry has of it
	mode    string          // of the subject, as it was found
	open    bool            // the subject is in IMPORT because of us
	doomed  []int           // its versions that are to be deleted
	stuck   map[string]bool // subjects that were found in IMPORT
}

func (r *restoring) all(ctx context.Context, records Records, step func()) error {
	for record, err := range records {
		if err != nil {
			return err
		}
		written, err := r.put(ctx, record)
		if err != nil {
			return err
		}
		if written {
			r.result.Written++
		} else {
			r.result.Present++
		}
		step()
	}
	if err := r.leave(ctx, true); err != nil {
		return err
	}
	for subject := range r.stuck {
		if err := r.client.SetMode(ctx, subject, "", client.SetModeOptions{}); err != nil {
			return fmt.Errorf("mode of %s: %w", subject, err)
		}
	}
	return nil
}

func (r *restoring) put(ctx context.Context, record Record) (written bool, err error) {
	if v := record.Version; v != nil {
		if written, err = r.version(ctx, *v); err != nil {
			err = fmt.Errorf("%s version %d: %w", v.Subject, v.Version, err)
		}
		return written, err
	}
	if err := r.leave(ctx, true); err != nil {
		return false, err
	}
	if c := record.Config; c != nil {
		if written, err = r.config(ctx, *c); err != nil {
			err = fmt.Errorf("configuration of %q: %w", c.Scope, err)
		}
		return written, err
	}
	if written, err = r.setMode(ctx, *record.Mode); err != nil {
		err = fmt.Errorf("mode of %q: %w", record.Mode.Scope, err)
	}
	return written, err
}

// version registers a version. If it is a deleted one it is deleted when the
// subject is left: sooner, and a later version with the same ID would take it
// away; later, and what refers to it would be in the way.
func (r *restoring) version(ctx context.Context, v entity.Schema) (written bool, err error) {
	if err := r.enter(ctx, v.Subject); err != nil {
		return false, err
	}
	deleted := v.Deleted != nil && *v.Deleted
	present := slices.Contains(r.there.all, v.Version)
	if present {
		if err := r.compare(ctx, v); err != nil {
			return false, err
		}
		if deleted == r.there.deleted(v.Version) {
			return false, nil
		}
		if !deleted {
			return false, fmt.Errorf("%w: the version is deleted there", ErrConflict)
		}
	}
	if err := r.unlock(ctx); err != nil {
		return false, err
	}
	if !present {
		if err := r.register(ctx, v); err != nil {
			return false, err
		}
	}
	if deleted {
		r.doomed = append(r.doomed, v.Version)
	}
	return true, nil
}

// compare returns ErrConflict unless the registry's version is v. It may have
// written the text in another way, so what it takes for the same counts.
func (r *restoring) compare(ctx context.Context, v entity.Schema) error {
	found, err := r.there.read(ctx, r.client, at{v.Subject, v.Version})
	if err != nil {
		return err
	}
	r.name(v, found.GUID)
	found = standard(found, false)
	switch {
	case found.ID != v.ID:
		return fmt.Errorf("%w: it has id %d there, %d here", ErrConflict, found.ID, v.ID)
	case v.Timestamp != 0 && found.Timestamp != v.Timestamp:
		return fmt.Errorf("%w: it was registered at another time", ErrConflict)
	case found.SchemaType != v.SchemaType, !equal(found.References, v.References),
		!equal(found.Metadata, v.Metadata), !equal(found.RuleSet, v.RuleSet):
		return fmt.Errorf("%w: its type, references, metadata or rules differ", ErrConflict)
	case found.Schema == v.Schema:
		return nil
	}
	same, err := r.client.Lookup(ctx, v.Subject, requestOf(v), client.LookupOptions{Deleted: true})
	if err == nil && same.ID == v.ID {
		return nil
	}
	if err != nil && !isNotFound(err) {
		return err
	}
	return fmt.Errorf("%w: its schema differs", ErrConflict)
}

func (r *restoring) register(ctx context.Context, v entity.Schema) error {
	body := requestOf(v)
	body.Version, body.ID, body.Timestamp = v.Version, &v.ID, v.Timestamp
	registered, err := r.client.Register(ctx, v.Subject, body, client.RegisterOptions{})
	var refused *client.Error
	switch {
	case errors.As(err, &refused) && refused.Code == codeNotPermitted:
		return fmt.Errorf("%w: %w", ErrConflict, err)
	case err == nil && registered.ID != v.ID:
		return fmt.Errorf("the registry gave it id %d instead of %d", registered.ID, v.ID)
	}
	r.name(v, registered.GUID)
	return err
}

// name compares GUIDs where both sides tell one.
func (r *restoring) name(v entity.Schema, guid string) {
	if v.GUID != "" && guid != "" && v.GUID != guid {
		r.result.Renamed = append(r.result.Renamed, Renamed{v.Subject, v.Version, v.GUID, guid})
	}
}

// codeNotPermitted refuses an import under an ID that stands for something else.
const codeNotPermitted = 42205

func requestOf(v entity.Schema) entity.SchemaRequest {
	return entity.SchemaRequest{Schema: v.Schema, SchemaType: v.SchemaType, References: v.References, Metadata: v.Metadata, RuleSet: v.RuleSet}
}

// enter turns to a subject and looks at what there is of it.
func (r *restoring) enter(ctx context.Context, subject string) error {
	if subject == r.subject {
		return nil
	}
	if err := r.leave(ctx, true); err != nil {
		return err
	}
	there, err := versionsOf(ctx, r.client, subject)
	if err != nil {
		return err
	}
	mode, err := r.client.Mode(ctx, subject, client.ScopeOptions{})
	if err != nil && !isNotFound(err) {
		return err
	}
	if mode == modeImport {
		r.stuck[subject] = true
	}
	r.subject, r.there, r.mode = subject, there, mode
	return nil
}

const modeImport = "IMPORT"

// unlock puts the subject into IMPORT. Its versions need not be gone for that:
// none is replaced.
func (r *restoring) unlock(ctx context.Context) error {
	switch {
	case r.there.hidden:
		return fmt.Errorf("%w: the subject is an alias there", ErrConflict)
	case r.open, r.mode == modeImport:
		return nil
	}
	r.open = true // if the answer is lost, it may have happened
	return r.client.SetMode(ctx, r.subject, modeImport, client.SetModeOptions{Force: true})
}

// closeWithin is how long giving a subject its mode back may take when the
// restore itself has been told to end.
const closeWithin = 20 * time.Second

// leave finishes the subject that is being written, unless the restore has
// failed, and gives it its mode back.
func (r *restoring) leave(ctx context.Context, finish bool) (err error) {
	subject, doomed := r.subject, r.doomed
	r.subject, r.doomed = "", nil
	if !r.open && len(doomed) == 0 {
		return nil
	}
	for _, n := range doomed {
		if !finish || err != nil {
			break
		}
		if _, refused := r.client.DeleteVersion(ctx, subject, n, false); refused != nil && !isNotFound(refused) {
			err = fmt.Errorf("deleting %s version %d: %w", subject, n, refused)
		}
	}
	if !r.open {
		return err
	}
	r.open = false
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	if refused := r.client.SetMode(ctx, subject, r.mode, client.SetModeOptions{}); refused != nil {
		refused = fmt.Errorf("%s may still be in mode IMPORT, its own was %q: %w", subject, r.mode, refused)
		return errors.Join(err, refused)
	}
	return err
}

// config sets the configuration of a scope that has none.
func (r *restoring) config(ctx context.Context, c Config) (written bool, err error) {
	found, err := r.client.Config(ctx, c.Scope, client.ScopeOptions{})
	switch {
	case isNotFound(err), isRoot(c.Scope) && err == nil && equal(updateOf(found), entity.ConfigUpdate{Level: defaultLevel}):
		_, err := r.client.SetConfig(ctx, c.Scope, c.ConfigUpdate)
		return true, err
	case err != nil || equal(updateOf(found), c.ConfigUpdate):
		return false, err
	}
	return false, fmt.Errorf("%w there", ErrConflict)
}

// setMode sets the mode of a scope that has none, or that an earlier restore
// left in IMPORT.
func (r *restoring) setMode(ctx context.Context, m Mode) (written bool, err error) {
	found, err := r.client.Mode(ctx, m.Scope, client.ScopeOptions{})
	if err != nil && !isNotFound(err) {
		return false, err
	}
	unset := isNotFound(err) || isRoot(m.Scope) && found == defaultMode
	left := r.stuck[m.Scope]
	delete(r.stuck, m.Scope)
	switch {
	case found == m.Mode && !unset:
		return false, nil
	case unset || left:
		return true, r.client.SetMode(ctx, m.Scope, m.Mode, client.SetModeOptions{Force: true})
	}
	return false, fmt.Errorf("%w: %s", ErrConflict, found)
}
