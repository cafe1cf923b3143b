package protobuf

import (
	"slices"
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/muster-registry/muster/compat"
)

// check walks writer and reader together (compat-rules.md 2.2), then looks for
// a payload that shows each difference. Policy LENIENT takes what reads well
// on the wire although the reference registry refuses it (2.3, incomplete).
func check(reader, writer *schema, opts compat.CheckOptions) (compat.Comparison, error) {
	c := &checker{
		reader:  reader.shape(),
		writer:  writer.shape(),
		opts:    opts,
		lenient: opts.Policy == compat.Lenient,
		seen:    make(map[pair]*route),
		fixes:   newFixer(opts),
	}
	if err := c.file(); err != nil {
		return compat.Comparison{}, err
	}
	if len(c.found) == 0 {
		return compat.Comparison{Evidence: compat.Proof}, nil
	}
	examples := newExamples(reader, writer)
	differences := make([]compat.Difference, len(c.found))
	for i, f := range c.found {
		examples.renamed = ""
		if f.Rule == fieldKindChanged || f.Rule == fieldNamedTypeChanged {
			examples.renamed = f.site.renamed()
		}
		f.Witness = examples.show(f.site)
		differences[i] = f.Difference
	}
	return compat.Comparison{Differences: differences, Evidence: compat.RulesEvidence}, nil
}

type pair struct{ reader, writer *messageShape }

// finding is a difference and where a payload would meet it.
type finding struct {
	compat.Difference
	site site
}

// site is a place in payloads: fields of the message that a route leads to,
// from a message that both files declare.
type site struct {
	from pair
	route
}

// route leads through fields of the writer to some of its tags; the zero route
// stays at the message itself.
type route struct {
	through []*fieldShape
	tags    []protoreflect.FieldNumber
}

type checker struct {
	reader, writer *shape
	opts           compat.CheckOptions
	lenient        bool
	found          []finding
	// at is the walk's place.
	at site
	// seen holds the pairs of messages compared through fields, with the way
	// from there to their first difference, nil when they have none. A pair
	// being compared counts as equal: what is found counts wherever it is met.
	seen  map[pair]*route
	fixes fixer
	owed  int // steps for what was found since pay was called
}

// maxWalkDepth bounds the fields that lead to a pair of messages: two cycles of
// messages can have a common walk as long as the product of their lengths.
const maxWalkDepth = 1000

// report notes a difference that a payload meets in the writer's tags given.
func (c *checker) report(rule compat.RuleID, path string, fix *compat.Fix, tags ...protoreflect.FieldNumber) {
	c.reportAt(rule, path, fix, route{tags: tags})
}

// pay takes the steps that the texts of what was found are worth.
func (c *checker) pay() error {
	owed := c.owed
	c.owed = 0
	return c.opts.Work.Spend(owed)
}

// reportAt is report for a difference further on.
func (c *checker) reportAt(rule compat.RuleID, path string, fix *compat.Fix, on route) {
	c.owed += 1 + len(c.at.through) + len(on.through) // its texts repeat the way to it
	c.found = append(c.found, finding{
		Difference: compat.Difference{
			Rule: rule, Path: path, Message: message(rule, path, c.opts.Reader, c.opts.Writer), Fix: fix,
		},
		site: site{from: c.at.from, route: route{
			through: slices.Concat(c.at.through, on.through), tags: on.tags,
		}},
	})
}

func (c *checker) file() error {
	if r, w := c.reader.pkg, c.writer.pkg; r != w && !c.lenient {
		c.report(packageChanged, "#/", c.fixes.keepPackage(r, w))
	}
	return c.messages(c.reader.messages, c.writer.messages, "#")
}

// messages compares the messages of one scope by name. Under LENIENT only the
// record type, which is the first message of the file, must stay: fields are
// compared by content wherever their types went.
func (c *checker) messages(reader, writer declared, path string) error {
	for i, w := range writer.list {
		at := path + "/" + string(w.desc.Name())
		r := reader.byName[w.desc.Name()]
		c.at = site{from: pair{r, w}}
		if r == nil {
			if !c.lenient || path == "#" && i == 0 {
				c.report(messageRemoved, at, c.fixes.keepMessage(w.desc, at))
			}
			continue
		}
		if err := c.message(r, w, at); err != nil {
			return err
		}
	}
	return nil
}

// message compares two messages and the messages they declare.
func (c *checker) message(r, w *messageShape, path string) error {
	if err := c.content(r, w, path); err != nil {
		return err
	}
	here := c.at
	err := c.messages(r.nested, w.nested, path)
	c.at = here
	return err
}

// content compares the fields of two messages.
func (c *checker) content(r, w *messageShape, path string) error {
	if r.desc == w.desc && !r.extended && !w.extended {
		return nil
	}
	if len(c.at.through) > maxWalkDepth {
		return compat.Limitf("too complex: the messages of the two schemas meet more than %d levels deep", maxWalkDepth)
	}
	if err := c.opts.Work.Spend(1 + len(r.fields) + len(w.fields)); err != nil {
		return err
	}
	c.removedMembers(r, w, path)
	c.joinedMembers(r, w, path)
	readers, writers := r.fields, w.fields
	for len(readers) > 0 || len(writers) > 0 {
		switch {
		case len(writers) == 0 || len(readers) > 0 && readers[0].tag < writers[0].tag:
			if f := readers[0]; f.required {
				at := fieldPath(path, f.desc)
				c.report(requiredFieldAdded, at, c.fixes.requiredAdded(f.desc, at), f.tag)
			}
			readers = readers[1:]
		case len(readers) == 0 || writers[0].tag < readers[0].tag:
			if f := writers[0]; f.required && !c.lenient {
				at := fieldPath(path, f.desc)
				c.report(requiredFieldRemoved, at, c.fixes.requiredRemoved(f.desc, at), f.tag)
			}
			writers = writers[1:]
		default:
			if err := c.field(spot{readers[0], writers[0], path}); err != nil {
				return err
			}
			readers, writers = readers[1:], writers[1:]
		}
	}
	return nil
}

// fieldPath is where a field stands: by tag, below its oneof if it has one.
func fieldPath(path string, f protoreflect.FieldDescriptor) string {
	if o := realOneof(f); o != nil {
		path += "/" + string(o.Name())
	}
	return path + "/" + strconv.Itoa(int(f.Number()))
}

// realOneof leaves out the oneof that stands for proto3's optional.
func realOneof(f protoreflect.FieldDescriptor) protoreflect.OneofDescriptor {
	if o := f.ContainingOneof(); o != nil && !o.IsSynthetic() {
		return o
	}
	return nil
}
