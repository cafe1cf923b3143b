// Package client speaks the registry's REST API from Go.
//
//	c, err := client.New("http://127.0.0.1:8081", client.Options{})
//	registered, err := c.Register(ctx, "orders-value", entity.SchemaRequest{Schema: text}, client.RegisterOptions{})
//
// Each method is one request, told by the path it is sent to, and takes and
// returns the bodies of httpapi/entity. What the registry refuses is an
// [*Error]; a registry that does not answer is [ErrUnreachable]. Faults that
// may pass are retried, see [Options].
//
// The package keeps no state between requests: what an ID stands for is asked
// anew each time. It works against any registry that keeps the REST contract,
// except where a method says that it is Muster's own.
package client
