package httpapi

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/maypok86/otter/v2"

	"github.com/muster-registry/muster/registry"
)

// rendered keeps what GET /schemas/ids/{id} answers with, ready to be written:
// it is what consumers ask for most, and it never changes. Content that is
// read anew is a new pointer, so an answer cannot outlive what it renders.
type rendered struct {
	answers *otter.Cache[*registry.Content, *renderedAnswer]
}

// renderedAnswer is a body with the header values that belong to it, as slices
// to be shared by all answers.
type renderedAnswer struct {
	body         []byte
	length, etag []string
}

// renderedBytes bounds the bodies kept.
const renderedBytes = 16 << 20

func newRendered() *rendered {
	return &rendered{otter.Must(&otter.Options[*registry.Content, *renderedAnswer]{
		MaximumWeight: renderedBytes,
		Weigher: func(_ *registry.Content, a *renderedAnswer) uint32 {
			return uint32(512 + len(a.body)) // a text has at most 1 MiB
		},
	})}
}

func (c *rendered) of(content *registry.Content) *renderedAnswer {
	if a, ok := c.answers.GetIfPresent(content); ok {
		return a
	}
	body, err := json.Marshal(fromContent(content, false))
	if err != nil { // an entity that cannot be marshalled is a mistake of ours
		panic(err)
	}
	a := &renderedAnswer{body: body, length: []string{strconv.Itoa(len(body))}, etag: []string{etag(content)}}
	c.answers.Set(content, a)
	return a
}

// Header values that most answers share. net/http does not change them.
var (
	forever      = []string{"max-age=31536000, immutable"}
	vary         = []string{"Accept, User-Agent, Confluent-Accept-Unknown-Properties"} // old Java clients get less
	noStore      = []string{"no-store"}
	nosniff      = []string{"nosniff"}
	contentTypes = map[string][]string{
		mediaTypes[0]: {mediaTypes[0]},
		mediaTypes[1]: {mediaTypes[1]},
		mediaTypes[2]: {mediaTypes[2]},
	}
)

// write answers with what is rendered; the keys are in canonical form.
func (a *renderedAnswer) write(w http.ResponseWriter, contentType string) {
	h := w.Header()
	h["Content-Type"] = contentTypes[contentType]
	h["Content-Length"] = a.length
	h["Etag"] = a.etag
	h["Cache-Control"] = forever
	h["Vary"] = vary
	_, _ = w.Write(a.body) // nobody is left to tell
}

// etag identifies what an ID stands for, and lets caches keep it (promise P8).
func etag(c *registry.Content) string { return `"` + hex.EncodeToString(c.Hash[:]) + `"` }
