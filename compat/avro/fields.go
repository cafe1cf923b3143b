package avro

// Fields are those of the record that the schema is; another type has none.
func (s *schema) Fields() []string {
	var names []string
	for _, f := range s.root.fields {
		names = append(names, f.name)
	}
	return names
}
