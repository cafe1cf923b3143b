package main

import (
	"fmt"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi/entity"
)

// judgeOffline compiles the schema of --schema to judge by.
func (p *program) judgeOffline(encoding compat.Encoding, opts validateOptions) (judge, error) {
	file, err := p.readSchema(opts.schema, opts.schemaType)
	if err != nil {
		return nil, err
	}
	references, err := p.readReferences(opts.referenceFiles)
	if err != nil {
		return nil, err
	}
	schema, err := file.parse(references)
	if err != nil {
		return nil, fmt.Errorf("%s: not a schema: %w", opts.schema, err)
	}
	validator, err := schema.Validator(compat.ValidatorOptions{Message: opts.message})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", opts.schema, err)
	}
	return func(payload []byte) (verdict, error) {
		if encoding == compat.Wire {
			frame, ok := client.ParseFrame(payload)
			if !ok {
				return verdict{By: opts.schema, Verdict: answer(badFrame())}, nil
			}
			payload = frame.Body
		}
		found, err := validator.Validate(payload, encoding)
		return verdict{By: opts.schema, Verdict: answer(found)}, err
	}, nil
}

// badFrame is what a registry answers to a payload that names no schema.
func badFrame() compat.Verdict {
	return compat.Verdict{Violations: []compat.Violation{{
		Code:     "INVALID_FRAME",
		Expected: "a magic byte 0 and a schema ID, or a magic byte 1 and a GUID",
		Message:  "The payload does not start like the Confluent wire format.",
	}}}
}

// answer is a verdict in the words of the API.
func answer(found compat.Verdict) entity.Verdict {
	e := entity.Verdict{Valid: len(found.Violations) == 0, Errors: []entity.Violation{}, Truncated: found.Truncated}
	for _, v := range found.Violations {
		e.Errors = append(e.Errors, entity.Violation(v))
	}
	return e
}
