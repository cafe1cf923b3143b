package jsonschema

// Fields are the properties that the root lists.
func (s *schema) Fields() []string {
	if s.root == nil {
		return nil
	}
	var names []string
	for _, p := range s.root.properties {
		names = append(names, p.name)
	}
	return names
}
