package main

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/client"
)

// connection is how a registry is reached, for the commands that ask one.
type connection struct {
	url                string
	username, password string
	token              string
}

func (c *connection) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&c.url, "registry", "http://127.0.0.1:8081", "base `URL` of the registry")
	flags.StringVar(&c.username, "username", "", "user `name` for basic authentication")
	flags.StringVar(&c.password, "password", "", "`password` for basic authentication; others see flags, prefer the variable")
	flags.StringVar(&c.token, "token", "", "bearer `token`; others see flags, prefer the variable")
	fromEnvironment(flags, "registry", "username", "password", "token")
}

func (c *connection) client() (*client.Client, error) {
	return client.New(c.url, client.Options{
		Username: c.username, Password: c.password, Token: c.token,
		UserAgent: "muster/" + buildVersion(),
	})
}

// byFile takes the URL from muster.yaml when neither the command line nor the
// environment has one.
func (c *connection) byFile(flags *pflag.FlagSet, url string) {
	if url != "" && !flags.Changed("registry") {
		c.url = url
	}
}

// explain adds what may help to an error of the client.
func (c *connection) explain(err error) error {
	var refused *client.Error
	switch {
	case errors.As(err, &refused) && (refused.Status == 401 || refused.Status == 403):
		return hint(err, "set MUSTER_USERNAME and MUSTER_PASSWORD, or MUSTER_TOKEN")
	case errors.Is(err, client.ErrUnreachable):
		return hint(err, "is the registry running at %s? name another with --registry or MUSTER_REGISTRY", redactURL(c.url))
	}
	return err
}
