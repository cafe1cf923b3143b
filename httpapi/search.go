package httpapi

import (
	"bufio"
	"encoding/json"
	"net/http"

	"github.com/muster-registry/muster/registry"
)

// GET /schemas. The list is written as it is read: it can be larger than what
// one request may hold in memory.
func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	window, err := queryBoundedPage(q)
	if err != nil {
		return err
	}
	within, everywhere := queryPrefix(q, "")
	found, err := s.registry.Search(r.Context(), registry.SearchRequest{
		RecordFilter: registry.RecordFilter{
			AllContexts: everywhere, Context: within.Context, Prefix: within.Name,
			Deleted: queryBool(q, "deleted"), LatestOnly: queryBool(q, "latestOnly"), RuleType: q.Get("ruleType"),
			Offset: window.Offset, Limit: window.Limit,
		},
		Aliases: queryBool(q, "aliases"),
	})
	if err != nil {
		return err
	}
	contentType, ok := negotiate(r.Header)
	if !ok {
		return errAccept()
	}
	h := w.Header()
	h["Content-Type"], h["X-Content-Type-Options"] = contentTypes[contentType], nosniff
	out := bufio.NewWriterSize(w, searchBuffer)
	open := "["
	for version, err := range found {
		if err != nil && open == "[" {
			return err
		}
		if err != nil { // the client must not take what it has for the whole
			panic(http.ErrAbortHandler)
		}
		e := fromVersion(version.Registered, legacy(r))
		e.Aliases = version.Aliases
		item, err := json.Marshal(e)
		if err != nil { // an entity that cannot be marshalled is a mistake of ours
			panic(err)
		}
		_, _ = out.WriteString(open) // nobody is left to tell
		_, _ = out.Write(item)
		open = ","
	}
	if open == "[" {
		_, _ = out.WriteString(open)
	}
	_, _ = out.WriteString("]")
	_ = out.Flush()
	return nil
}

const searchBuffer = 32 << 10
