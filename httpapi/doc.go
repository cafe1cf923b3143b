// Package httpapi speaks the registry's REST contract: it turns requests into
// calls of registry.Service and answers into JSON, and decides nothing itself.
//
// A request passes the middleware listed in server.go, outermost first, and
// the one line of the route table that matches its escaped path. Its handler
// reads path, query and body, makes one call, and writes an entity or returns
// an error. [Server.serve] is the only adapter between handlers and net/http,
// writeError the only writer of error bodies, and errors.go the only place
// that knows statuses and codes.
//
// Bodies are bounded and scanned (compat/jsondoc) before anything parses them.
package httpapi
