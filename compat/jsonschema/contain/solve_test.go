package contain

import (
	"math/big"
	"regexp"
	"testing"

	"github.com/muster-registry/muster/compat/jsondoc"
)

// solving returns what a formula over values of one type has for a value:
// "empty", "unknown", or the value.
func solving(build func(g *Graph) Formula, of Type) string {
	var g *Graph
	g = NewGraph(100_000, func(_ int, t Type) Formula {
		if t != of {
			return False
		}
		return build(g)
	})
	switch a := g.Solve(Numbered(0)); a.Outcome {
	case Empty:
		return "empty"
	case Unknown:
		return "unknown"
	default:
		return a.Value.Compact()
	}
}

func decimal(text string) *big.Rat {
	r, _ := new(big.Rat).SetString(text)
	return r
}

func listed(list ...string) []*jsondoc.Value {
	var values []*jsondoc.Value
	for _, s := range list {
		values = append(values, &jsondoc.Value{Kind: jsondoc.String, Text: s})
	}
	return values
}

func TestSolve_Numbers(t *testing.T) {
	for _, row := range []struct {
		name  string
		of    Type
		build func(g *Graph) Formula
		want  string
	}{
		{"a multiple of both", Integer, func(g *Graph) Formula {
			return g.And(g.Multiple(decimal("6")), g.Multiple(decimal("4")), g.Minimum(decimal("1"), false))
		}, "12"},
		{"a multiple of 3 is one of 0.3", Integer, func(g *Graph) Formula {
			return g.And(g.Multiple(decimal("3")), g.Not(g.Multiple(decimal("0.3"))))
		}, "empty"},
		{"no integer between", Integer, func(g *Graph) Formula {
			return g.And(g.Minimum(decimal("1"), true), g.Maximum(decimal("2"), true))
		}, "empty"},
		{"beyond what a float tells apart", Integer, func(g *Graph) Formula {
			return g.And(g.Minimum(decimal("9007199254740992"), true), g.Maximum(decimal("9007199254740993"), false))
		}, "9007199254740993"},
		{"a fraction between", Fraction, func(g *Graph) Formula {
			return g.And(g.Minimum(decimal("1"), true), g.Maximum(decimal("1.001"), true))
		}, "1.0001"},
		{"a multiple that is no integer", Fraction, func(g *Graph) Formula { return g.Multiple(decimal("0.5")) }, "0.5"},
		{"no fraction is a multiple of 2", Fraction, func(g *Graph) Formula { return g.Multiple(decimal("2")) }, "empty"},
		{"exactly one of a condition and its negation", Integer, func(g *Graph) Formula {
			return g.One(g.Multiple(decimal("2")), g.Not(g.Multiple(decimal("2"))))
		}, "0"},
		{"not exactly one of these", Integer, func(g *Graph) Formula {
			return g.Not(g.One(g.Multiple(decimal("2")), g.Not(g.Multiple(decimal("2")))))
		}, "empty"},
		{"past the listed", Integer, func(g *Graph) Formula {
			list := []*jsondoc.Value{{Kind: jsondoc.Number, Text: "0"}, {Kind: jsondoc.Number, Text: "1.0"}}
			return g.And(g.Minimum(decimal("0"), false), g.Not(g.In(Integer, list)))
		}, "2"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := solving(row.build, row.of); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestSolve_Texts(t *testing.T) {
	pattern := func(g *Graph, source string) Formula { return g.Pattern(regexp.MustCompile(source)) }
	for _, row := range []struct {
		name  string
		build func(g *Graph) Formula
		want  string
	}{
		{"alternatives bind looser than anchors", func(g *Graph) Formula {
			return g.And(pattern(g, `^a|b\z`), g.Not(pattern(g, `^(a|b)\z`)))
		}, `"aa"`},
		{"equal languages", func(g *Graph) Formula {
			return g.And(pattern(g, `^(a|b)*\z`), g.Not(pattern(g, `^[ab]*\z`)))
		}, "empty"},
		{"word boundaries", func(g *Graph) Formula {
			return g.And(pattern(g, `\bab\b`), g.Not(pattern(g, `^ab`)))
		}, `"!ab"`},
		{"a length that the pattern lacks", func(g *Graph) Formula {
			return g.And(pattern(g, `^(ab)*\z`), g.Length(3, 3))
		}, "empty"},
		{"a length that it has", func(g *Graph) Formula {
			return g.And(pattern(g, `^(ab)*\z`), g.Length(3, -1))
		}, `"abab"`},
		{"letter case folded", func(g *Graph) Formula {
			return g.And(pattern(g, `(?i)^k\z`), g.Not(g.In(String, listed("k", "K"))))
		}, `"` + "\u212a" + `"`},
		{"none but the listed", func(g *Graph) Formula {
			return g.And(pattern(g, `^[ab]\z`), g.Not(g.In(String, listed("a", "b"))))
		}, "empty"},
		{"what matches everything", func(g *Graph) Formula { return g.Not(pattern(g, `^.*|x`)) }, "empty"},
		{"too long to build", func(g *Graph) Formula { return g.Length(1<<30, -1) }, "unknown"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := solving(row.build, String); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestSolve_Objects(t *testing.T) {
	for _, row := range []struct {
		name  string
		build func(g *Graph) Formula
		want  string
	}{
		{"a region without names left", func(g *Graph) Formula {
			closed := g.EachMember(g.Not(g.In(String, listed("a", "b"))), None)
			return g.And(closed, g.Members(3, -1))
		}, "empty"},
		{"one member for two wishes", func(g *Graph) Formula {
			some := func(source string) Formula {
				return g.Not(g.EachMember(g.Pattern(regexp.MustCompile(source)), None))
			}
			return g.And(some("^a"), some(`b\z`), g.Members(0, 1))
		}, `{"ab":null}`},
		{"a wish that no name grants", func(g *Graph) Formula {
			region := g.Pattern(regexp.MustCompile("^a"))
			return g.And(g.EachMember(region, None), g.Not(g.EachMember(g.And(region, g.Length(2, -1)), None)))
		}, "empty"},
		{"names from a finite region", func(g *Graph) Formula {
			others := g.Not(g.Pattern(regexp.MustCompile(`^[ab]\z`)))
			return g.And(g.EachMember(others, None), g.Members(2, -1))
		}, `{"a":null,"b":null}`},
		{"more names than a finite region has", func(g *Graph) Formula {
			others := g.Not(g.Pattern(regexp.MustCompile(`^[ab]\z`)))
			return g.And(g.EachMember(others, None), g.Members(3, -1))
		}, "empty"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := solving(row.build, Object); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestSolve_Arrays(t *testing.T) {
	boolean := func(g *Graph) Schema { return g.narrow(Boolean, True) }
	for _, row := range []struct {
		name  string
		build func(g *Graph) Formula
		want  string
	}{
		{"as many as there are booleans", func(g *Graph) Formula {
			return g.And(g.EachItem(0, boolean(g)), g.Unique(), g.Items(2, -1))
		}, "[true,false]"},
		{"more than there are booleans", func(g *Graph) Formula {
			return g.And(g.EachItem(0, boolean(g)), g.Unique(), g.Items(3, -1))
		}, "empty"},
		{"two equal items", func(g *Graph) Formula {
			return g.And(g.Item(0, boolean(g)), g.Not(g.Unique()))
		}, "[false,false]"},
		{"one item is never two equal ones", func(g *Graph) Formula {
			return g.And(g.Items(0, 1), g.Not(g.Unique()))
		}, "empty"},
		{"contained and counted", func(g *Graph) Formula {
			return g.And(g.Contains(boolean(g), 1, 1), g.Contains(g.narrow(Null, True), 2, -1))
		}, "[false,null,null]"},
		{"contained more often than there is room", func(g *Graph) Formula {
			return g.And(g.Contains(boolean(g), 2, -1), g.Item(0, boolean(g).Not()), g.Items(0, 2))
		}, "empty"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := solving(row.build, Array); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// TestSolve_Recursion: schema 0 asks for a member that is of schema 0 again, or
// of what leaf allows.
func TestSolve_Recursion(t *testing.T) {
	for _, row := range []struct {
		name string
		leaf Formula // for null
		want Outcome
	}{
		{"without an end", False, Empty},
		{"with one", True, Found},
	} {
		t.Run(row.name, func(t *testing.T) {
			var g *Graph
			g = NewGraph(10_000, func(n int, of Type) Formula {
				switch {
				case of == Null && n == 1:
					return row.leaf
				case of == Object:
					next := g.Name("next")
					return g.Not(g.EachMember(next, Numbered(1-n).Not()))
				}
				return False
			})
			if got := g.Solve(Numbered(0)); got.Outcome != row.want {
				t.Errorf("got %v %v", got.Outcome, got.Value)
			}
		})
	}
}

func TestSolve_BudgetRunsOut(t *testing.T) {
	var g *Graph
	g = NewGraph(50, func(int, Type) Formula {
		var ways []Formula
		for i := range 200 {
			ways = append(ways, g.Multiple(big.NewRat(int64(i+2), 1)))
		}
		return g.One(ways...)
	})
	if a := g.Solve(Numbered(0)); a.Outcome != Unknown || a.Reason == "" {
		t.Errorf("got %v %q, want an unknown with its reason", a.Outcome, a.Reason)
	}
}

// TestSolve_OpaqueIsNeverEmpty: what is not looked into leaves a doubt in both
// polarities, and closes only against itself.
func TestSolve_OpaqueIsNeverEmpty(t *testing.T) {
	var g *Graph
	g = NewGraph(1000, func(n int, _ Type) Formula { return g.Opaque("x") })
	for _, row := range []struct {
		list []Schema
		want Outcome
	}{
		{[]Schema{Numbered(0)}, Doubtful},
		{[]Schema{Numbered(0).Not()}, Doubtful},
		{[]Schema{Numbered(0), Numbered(1).Not()}, Empty},
	} {
		if got := g.Solve(row.list...).Outcome; got != row.want {
			t.Errorf("%v: got %v, want %v", row.list, got, row.want)
		}
	}
}
