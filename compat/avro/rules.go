package avro

import (
	"fmt"

	"github.com/muster-registry/muster/compat"
)

// The rules. The first six are the contract's (1.8).
const (
	nameMismatch        compat.RuleID = "NAME_MISMATCH"
	fixedSizeMismatch   compat.RuleID = "FIXED_SIZE_MISMATCH"
	missingEnumSymbols  compat.RuleID = "MISSING_ENUM_SYMBOLS"
	missingFieldDefault compat.RuleID = "READER_FIELD_MISSING_DEFAULT_VALUE"
	typeMismatch        compat.RuleID = "TYPE_MISMATCH"
	missingUnionBranch  compat.RuleID = "MISSING_UNION_BRANCH"
	ambiguousFieldAlias compat.RuleID = "AMBIGUOUS_FIELD_ALIAS"
	fieldAliasIgnored   compat.RuleID = "FIELD_ALIAS_IGNORED"
	nameTakenByAlias    compat.RuleID = "NAME_TAKEN_BY_ALIAS"
	logicalTypeMismatch compat.RuleID = "LOGICAL_TYPE_MISMATCH"
)

// catalogue lists the rules. None is Unwitnessed: whatever one of them reports
// has a payload that shows it, save where the types it is about have no finite
// value, which is a deliberate choice (see the package comment). Of the name of
// a record outside a union the payload shows what the specification has readers
// do; Java's decoder does not look at it, though its check does.
func catalogue() []compat.Rule {
	return []compat.Rule{
		{ID: nameMismatch, Doc: "a record, enum or fixed has another name and no alias for the writer's"},
		{ID: fixedSizeMismatch, Doc: "a fixed has another size"},
		{ID: missingEnumSymbols, Doc: "the reader's enum lacks symbols the writer has, and has no default"},
		{ID: missingFieldDefault, Doc: "the reader has a field without a usable default that the writer lacks"},
		{ID: typeMismatch, Doc: "the writer's type is another one and does not promote to the reader's"},
		{ID: missingUnionBranch, Doc: "no branch of the reader's union reads the writer's type"},
		{ID: ambiguousFieldAlias, Doc: "a reader field matches several fields of the writer by its name and aliases"},
		{ID: fieldAliasIgnored, Doc: "a reader field is renamed by alias while its record has another namespace and no alias"},
		{ID: nameTakenByAlias, Doc: "the name of an enum or fixed that is read is an alias of another of the reader's types"},
		{ID: logicalTypeMismatch, Doc: "under the policy LOGICAL: the reader takes the writer's values for other numbers, dates or times"},
	}
}

// entry renders d with single quotes throughout, whatever they enclose: that
// is how the contract's clients know it (1.8).
func entry(d compat.Difference) string {
	return fmt.Sprintf("{errorType:'%s', description:'%s', additionalInfo:'%s'}", d.Rule, d.Message, d.Info)
}
