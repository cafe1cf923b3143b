package protobuf

// Fields are those of the first message of the file.
func (s *schema) Fields() []string {
	message, err := s.message("")
	if err != nil {
		return nil
	}
	var names []string
	for i := range message.Fields().Len() {
		names = append(names, string(message.Fields().Get(i).Name()))
	}
	return names
}
