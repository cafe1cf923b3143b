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
// Between requests a client keeps what cannot change and nothing else: what an
// ID or a GUID stands for, bounded in bytes and asked for once however many
// want it. It works against any registry that keeps the REST contract, except
// where a method says that it is Muster's own.
//
// Payloads are judged before they are published by package client/guard.
package client
