package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/muster-registry/muster/client"
)

// connection is how a registry is reached, for the commands that ask one.
type connection struct {
	url                string
	username, password string
	token              string
	// Files that hold the secrets, in the place of flags.
	passwordFile, tokenFile string

	authorities      string // PEM file
	certificate, key string // PEM files
	serverName       string
	insecure         bool

	flags *pflag.FlagSet
}

// insecureFlag is the one flag that is told whenever it is in force.
const insecureFlag = "insecure-skip-verify"

func (c *connection) addFlags(flags *pflag.FlagSet) {
	c.flags = flags
	const seen = "; others see flags, prefer the file or the variable"
	flags.StringVar(&c.url, "registry", "http://127.0.0.1:8081", "base `URL` of the registry")
	flags.StringVar(&c.username, "username", "", "user `name` for basic authentication")
	flags.StringVar(&c.password, "password", "", "`password` for basic authentication"+seen)
	flags.StringVar(&c.passwordFile, "password-file", "", "`file` with the password for basic authentication")
	flags.StringVar(&c.token, "token", "", "bearer `token`"+seen)
	flags.StringVar(&c.tokenFile, "token-file", "", "`file` with the bearer token")
	flags.StringVar(&c.authorities, "ca-file", "", "PEM `file` of the authorities that vouch for the registry, in the place of the system's")
	flags.StringVar(&c.certificate, "client-cert", "", "PEM `file` of the certificate that the registry is shown")
	flags.StringVar(&c.key, "client-key", "", "PEM `file` of the key of --client-cert (default: the same file)")
	flags.StringVar(&c.serverName, "server-name", "", "`name` that the registry's certificate must be for (default: the host of the URL)")
	flags.BoolVar(&c.insecure, insecureFlag, false, "take any certificate for the registry's")
	fromEnvironment(flags, "registry", "username", "password", "password-file", "token", "token-file",
		"ca-file", "client-cert", "client-key", "server-name", insecureFlag)
}

// warnInsecure says on stderr that nobody vouches for the registry.
func warnInsecure(flags *pflag.FlagSet, stderr io.Writer) {
	if insecure, err := flags.GetBool(insecureFlag); err == nil && insecure {
		fmt.Fprintln(stderr, "muster: WARNING: --"+insecureFlag+": the registry's certificate is not checked; whoever is in between can read the credentials and change what is sent and answered")
	}
}

func (c *connection) client() (*client.Client, error) {
	password, err := secret("password", c.password, c.passwordFile)
	if err != nil {
		return nil, err
	}
	token, err := secret("token", c.token, c.tokenFile)
	if err != nil {
		return nil, err
	}
	config, err := c.tls()
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = config
	return client.New(c.url, client.Options{
		HTTP:     &http.Client{Transport: transport, Timeout: 30 * time.Second},
		Username: c.username, Password: password, Token: token,
		UserAgent: "muster/" + buildVersion(),
	})
}

// secret is a value that was given, or the content of a file without the line
// end that editors leave.
func secret(name, value, path string) (string, error) {
	if path == "" {
		return value, nil
	}
	if value != "" {
		return "", fmt.Errorf("--%s and --%s-file are both set", name, name)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("--%s-file: %w", name, err)
	}
	if value = strings.TrimRight(string(text), "\r\n"); value == "" {
		return "", fmt.Errorf("--%s-file: %s is empty", name, path)
	}
	return value, nil
}

// tls is the default of the system where nothing is said.
func (c *connection) tls() (*tls.Config, error) {
	config := &tls.Config{ServerName: c.serverName, InsecureSkipVerify: c.insecure}
	if c.authorities != "" {
		text, err := os.ReadFile(c.authorities)
		if err != nil {
			return nil, fmt.Errorf("--ca-file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("--ca-file: %s holds no certificate in PEM", c.authorities)
		}
	}
	switch {
	case c.certificate != "":
		pair, err := tls.LoadX509KeyPair(c.certificate, cmp.Or(c.key, c.certificate))
		if err != nil {
			return nil, fmt.Errorf("--client-cert and --client-key: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	case c.key != "":
		return nil, errors.New("--client-key is without --client-cert")
	}
	return config, nil
}

// byFile takes the URL from muster.yaml when neither the command line nor the
// environment has one.
func (c *connection) byFile(flags *pflag.FlagSet, url string) {
	if url != "" && !flags.Changed("registry") {
		c.url = url
	}
}

// byProject is byFile with the muster.yaml at hand, if there is one. It is for
// commands that need nothing else of it, so it is not read when it says nothing
// new.
func (c *connection) byProject(config configFile, environ []string) error {
	if c.flags.Changed("registry") {
		return nil
	}
	file, err := config.load(environ)
	if file != nil {
		c.byFile(c.flags, file.Registry)
	}
	return err
}

// explain adds what may help to an error of the client that has no hint yet.
func (c *connection) explain(err error) error {
	var explained hinted
	var refused *client.Error
	var unverified *tls.CertificateVerificationError
	var otherName x509.HostnameError
	var op *net.OpError
	switch {
	case errors.As(err, &explained):
	case errors.As(err, &refused) && (refused.Status == 401 || refused.Status == 403):
		return hint(err, "set MUSTER_USERNAME and MUSTER_PASSWORD, or MUSTER_TOKEN")
	case errors.As(err, &otherName):
		return hint(err, "if the name in the certificate is right, say it with --server-name or MUSTER_SERVER_NAME")
	case errors.As(err, &unverified):
		return hint(err, "name the file of the authorities that vouch for the registry with --ca-file or MUSTER_CA_FILE")
	case errors.As(err, &op) && op.Op == "remote error": // what crypto/tls calls an alert of the other side
		return hint(err, "if the registry asks for a certificate, name its file with --client-cert or MUSTER_CLIENT_CERT")
	case errors.Is(err, client.ErrUnreachable):
		return hint(err, "is the registry running at %s? name another with --registry or MUSTER_REGISTRY", redactURL(c.url))
	}
	return err
}
