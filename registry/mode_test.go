package registry

import "testing"

// TestPermit is the table of contract 3.9: what each mode makes of a new
// schema without and with an ID, and of deletions and configuration.
func TestPermit(t *testing.T) {
	const readOnly, notReadWrite, notImport = " is in read-only mode", " is not in read-write mode", " is not in import mode"
	for mode, row := range map[Mode]struct{ register, withID, change string }{
		ReadWrite:        {"", notImport, ""},
		ReadOnly:         {readOnly, readOnly, readOnly},
		ReadOnlyOverride: {readOnly, readOnly, readOnly},
		Import:           {notReadWrite, "", ""},
		Forward:          {notReadWrite, "", ""},
	} {
		for printed, subject := range map[string]Subject{
			"Subject s in context ":                {Context: DefaultContext, Name: "s"},
			"Subject :.ctx:s in context :.ctx:":    {Context: ".ctx", Name: "s"},
			"Subject null in context ":             {Context: DefaultContext},
			"Subject :.ctx: in context :.ctx:":     {Context: ".ctx"},
			"Subject null in context :.__GLOBAL:":  {Context: GlobalContext},
			"Subject :.ctx:a:b in context :.ctx:":  {Context: ".ctx", Name: "a:b"},
			"Subject :.::.x in context ":           {Context: DefaultContext, Name: ":.x"},
			"Subject with space in context ":       {Context: DefaultContext, Name: "with space"},
			"Subject :.a b:with in context :.a b:": {Context: ".a b", Name: "with"},
		} {
			for operation, got := range map[string]struct {
				err  error
				want string
			}{
				"register":       {permitRegister(RegisterRequest{Subject: subject}, mode), row.register},
				"register an ID": {permitRegister(RegisterRequest{Subject: subject, ID: set(SchemaID(1))}, mode), row.withID},
				"delete":         {permitChange(subject, mode), row.change},
			} {
				switch {
				case got.want == "" && got.err != nil:
					t.Errorf("%s in %s: refused: %v", operation, mode, got.err)
				case got.want != "" && (KindOf(got.err) != NotPermitted || got.err.Error() != printed+got.want):
					t.Errorf("%s in %s: got %v, want %q", operation, mode, got.err, printed+got.want)
				}
			}
		}
	}
}

func TestParseMode(t *testing.T) {
	for text, want := range map[string]Mode{
		"READWRITE": ReadWrite, "readonly": ReadOnly, "Readonly_Override": ReadOnlyOverride, "import": Import, "FORWARD": Forward,
	} {
		if got, ok := parseMode(text); !ok || got != want {
			t.Errorf("%s: got %s, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "READ", " READONLY", "READONLY "} {
		if got, ok := parseMode(text); ok {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}
