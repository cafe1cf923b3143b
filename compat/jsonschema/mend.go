package jsonschema

import (
	"slices"

	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/compat/jsondoc"
)

// mend makes a required member optional where the earlier schema, which is not
// open, did not declare it; of an open one its values would still matter. What
// else Check offers takes back a part of what was changed.
func mend(text string, rule compat.RuleID, edit compat.Edit) []compat.Change {
	if rule != requiredAddedToUnopen && rule != requiredWithDefaultAddedToUnopen {
		return nil
	}
	root, err := jsondoc.Parse(text, jsondoc.Schema)
	if edit.Op != "make-optional" || err != nil {
		return nil
	}
	steps := jsondoc.Steps(edit.Path)
	if len(steps) < 2 {
		return nil
	}
	within, name := steps[:len(steps)-2], steps[len(steps)-1]
	object, _, left := root.Find(within)
	required := object.Get("required")
	if len(left) > 0 || required == nil {
		return nil
	}
	i := slices.IndexFunc(required.Items, func(v *jsondoc.Value) bool { return v.Kind == jsondoc.String && v.Text == name })
	switch {
	case i < 0:
		return nil
	case len(required.Items) > 1:
		return []compat.Change{required.RemoveItem(text, i)}
	}
	// Draft 4 has no empty list of required members.
	i = slices.IndexFunc(object.Members, func(m jsondoc.Member) bool { return m.Name == "required" })
	return []compat.Change{object.RemoveMember(text, i)}
}
