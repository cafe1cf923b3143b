package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/muster-registry/muster/compat/all"
	"github.com/muster-registry/muster/httpapi"
	"github.com/muster-registry/muster/registry"
	"github.com/muster-registry/muster/store"
)

// The secrets of these tests. No command may tell them.
const (
	theToken    = "t0ken-s3cret"
	thePassword = "passw0rd-s3cret"
)

// guarded is a registry behind TLS that asks for a certificate and credentials.
type guarded struct {
	*httptest.Server
	folder   string // with ca.pem, client.pem, client.key, token, password
	admitted atomic.Int64
}

// serveGuarded serves a registry whose certificate is for registry.test.
func serveGuarded(t *testing.T) *guarded {
	t.Helper()
	opened, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "muster.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() }) // the folder goes with it
	api := httpapi.New(registry.New(opened, all.Formats(), registry.Options{}), httpapi.Options{Version: "v0.0.0-test"})
	g := &guarded{folder: t.TempDir()}
	g.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		if r.Header.Get("Authorization") != "Bearer "+theToken && (name != "ci" || password != thePassword) {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		g.admitted.Add(1)
		api.ServeHTTP(w, r)
	}))
	g.Config.ErrorLog = log.New(io.Discard, "", 0)
	ca, caKey := g.certify(t, "ca", nil, nil)
	server, serverKey := g.certify(t, "registry.test", ca, caKey)
	g.certify(t, "client", ca, caKey)
	g.write(t, "token", theToken+"\n")
	g.write(t, "password", thePassword)
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	g.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{server.Raw}, PrivateKey: serverKey}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: pool,
	}
	g.StartTLS()
	t.Cleanup(g.Close)
	return g
}

// certify makes a certificate, signed by itself without a parent, and writes
// it and its key into the folder.
func (g *guarded) certify(t *testing.T, name string, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: parent == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	g.write(t, name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	g.write(t, name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	return made, key
}

func (g *guarded) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tool runs a command line in this process. In texts @/ stands for the folder
// and @URL for the registry.
func (g *guarded) tool(t *testing.T, args []string, environ ...string) (code int, stdout, stderr string) {
	t.Helper()
	place := strings.NewReplacer("@/", g.folder+"/", "@URL", g.URL)
	for i := range args {
		args[i] = place.Replace(args[i])
	}
	for i := range environ {
		environ[i] = place.Replace(environ[i])
	}
	var out, complaints bytes.Buffer
	code = run(args, environ, strings.NewReader(""), &out, &complaints)
	for _, secret := range []string{theToken, thePassword, "wr0ng"} {
		if strings.Contains(out.String()+complaints.String(), secret) {
			t.Errorf("%v tells %s:\n%s%s", args, secret, &out, &complaints)
		}
	}
	return code, out.String(), complaints.String()
}

func TestConnection(t *testing.T) {
	g := serveGuarded(t)
	const tlsFlags = "--registry @URL --ca-file @/ca.pem --server-name registry.test --client-cert @/client.pem --client-key @/client.key"
	for _, row := range []struct {
		name    string
		flags   string
		environ string
		code    int
		stderr  string
	}{
		{"flags", tlsFlags + " --token " + theToken, "", exitOK, ""},
		{"flags over the environment", tlsFlags + " --token " + theToken, "MUSTER_TOKEN=wr0ng MUSTER_SERVER_NAME=wr0ng MUSTER_REGISTRY=http://127.0.0.1:1", exitOK, ""},
		{"basic", tlsFlags + " --username ci --password " + thePassword, "", exitOK, ""},
		{"a file with the token", tlsFlags + " --token-file @/token", "", exitOK, ""},
		{"a file with the password", tlsFlags + " --username ci", "MUSTER_PASSWORD_FILE=@/password", exitOK, ""},
		{"the environment", "", "MUSTER_REGISTRY=@URL MUSTER_CA_FILE=@/ca.pem MUSTER_SERVER_NAME=registry.test MUSTER_CLIENT_CERT=@/client.pem MUSTER_CLIENT_KEY=@/client.key MUSTER_USERNAME=ci MUSTER_PASSWORD=" + thePassword, exitOK, ""},
		{"no check of the certificate, said aloud", "--registry @URL --insecure-skip-verify --client-cert @/client.pem --client-key @/client.key --token-file @/token", "", exitOK, "WARNING: --insecure-skip-verify"},
		{"nobody vouches", "--registry @URL --server-name registry.test", "MUSTER_TOKEN=" + theToken, exitUnreachable, "--ca-file"},
		{"another name", "--registry @URL --ca-file @/ca.pem", "MUSTER_TOKEN=" + theToken, exitUnreachable, "--server-name"},
		{"no certificate", "--registry @URL --ca-file @/ca.pem --server-name registry.test", "MUSTER_TOKEN=" + theToken, exitUnreachable, "--client-cert"},
		{"no credentials", tlsFlags, "", exitFailed, "MUSTER_TOKEN"},
		{"wrong token", tlsFlags + " --token wr0ng", "", exitFailed, "MUSTER_TOKEN"},
		{"wrong password", tlsFlags + " --username ci --password wr0ng", "", exitFailed, "MUSTER_PASSWORD"},
		{"token and its file", tlsFlags + " --token wr0ng --token-file @/token", "", exitFailed, "both set"},
		{"a user and a token", tlsFlags + " --username ci --token wr0ng", "", exitFailed, "both set"},
		{"no such file", tlsFlags + " --token-file @/none", "", exitFailed, "--token-file"},
		{"a key alone", "--registry @URL --client-key @/client.key", "", exitFailed, "--client-cert"},
		{"a key that is none", "--registry @URL --client-cert @/client.pem --client-key @/token", "", exitFailed, "--client-key"},
		{"authorities that are none", "--registry @URL --ca-file @/token", "", exitFailed, "--ca-file"},
		{"a password in what is no URL", "--registry http://ci:wr0ng%zz@registry.test", "", exitFailed, "not a URL"},
		{"a password in a URL", "--registry http://ci:wr0ng@127.0.0.1:1", "", exitUnreachable, "--registry"},
	} {
		t.Run(row.name, func(t *testing.T) {
			code, _, stderr := g.tool(t, append([]string{"list"}, strings.Fields(row.flags)...), strings.Fields(row.environ)...)
			if code != row.code || !strings.Contains(stderr, row.stderr) || row.stderr == "" && stderr != "" {
				t.Errorf("exit code %d, want %d; %q, want %q", code, row.code, stderr, row.stderr)
			}
		})
	}
}

// asking are command lines of every command that asks a registry, each of which
// passes after the ones before it.
var asking = []struct{ name, args string }{
	{"plan", "--out plan.json"}, {"apply", "plan.json"}, {"register", ""}, {"register", "a.json --subject b"}, {"pull", ""},
	{"check", ""}, {"check", "a.json --subject a"}, {"lint", "--history registry"}, {"validate", "a.json --subject a"},
	{"get", "a"}, {"list", ""}, {"config", "a"}, {"mode", "a"}, {"health", "--registry @URL"}, {"diff", "--subject b --from 1 --to 1"},
	{"export", "--out all.ndjson"}, {"import", "all.ndjson"},
	{"promote", "a --from @URL --to @URL"},
}

// TestConnection_OfEveryCommand runs each command that asks a registry behind
// TLS, certificates and a token.
func TestConnection_OfEveryCommand(t *testing.T) {
	g := serveGuarded(t)
	t.Chdir(g.folder)
	g.write(t, "a.json", `{"type": "object"}`)
	g.write(t, "muster.yaml", "version: 1\nregistry: "+g.URL+"\nschemas: [{path: a.json, subject: a}]\npull: {folder: out, subjects: [{subject: a}]}\n")
	tried := make(map[string]bool)
	for _, row := range asking {
		tried[row.name] = true
		before := g.admitted.Load()
		code, stdout, stderr := g.tool(t, append([]string{row.name}, strings.Fields(row.args)...),
			"MUSTER_CA_FILE=@/ca.pem", "MUSTER_SERVER_NAME=registry.test",
			"MUSTER_CLIENT_CERT=@/client.pem", "MUSTER_CLIENT_KEY=@/client.key", "MUSTER_TOKEN_FILE=@/token")
		if code != exitOK && code != exitFindings || g.admitted.Load() == before {
			t.Errorf("%s %s: exit code %d\n%s%s", row.name, row.args, code, stdout, stderr)
		}
	}
	var connected func(cmd *cobra.Command)
	connected = func(cmd *cobra.Command) {
		for _, child := range cmd.Commands() {
			connected(child)
		}
		if cmd.Flags().Lookup("registry") != nil && !tried[cmd.Name()] {
			t.Errorf("%s asks a registry and is not tried here", cmd.CommandPath())
		}
	}
	connected(newRootCommand(&program{}))
}
