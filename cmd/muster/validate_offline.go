package main

import (
	"fmt"

	"github.com/muster-registry/muster/client"
	"github.com/muster-registry/muster/compat"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/registry"
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
				return verdict{By: opts.schema, Verdict: httpapi.FromVerdict(registry.BadFrame())}, nil
			}
			payload = frame.Body
		}
		found, err := validator.Validate(payload, encoding)
		return verdict{By: opts.schema, Verdict: httpapi.FromVerdict(found)}, err
	}, nil
}
