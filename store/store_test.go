package store

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen_ByScheme(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "muster.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, dsn := range []string{"", "muster.db", "mysql://u:secret@host/db", "sqlite", "sqlite:"} {
		s, err := Open(t.Context(), dsn, Options{})
		if err == nil {
			t.Errorf("opened %q as %T", dsn, s)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}
