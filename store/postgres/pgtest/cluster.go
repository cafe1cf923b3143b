package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is a Postgres server of our own in a temporary directory, reachable
// through a socket in it.
type Cluster struct {
	dir     string
	guard   *exec.Cmd
	leash   io.Closer // the guard stops the server when this closes
	stopped chan struct{}
}

// patience covers a slow machine: a server starts in half a second, and stops
// once the files of every test's database are removed.
const patience = 2 * time.Minute

// guardScript runs the server until its own standard input ends, which happens
// on Stop and when the process that started it dies, however it dies. Nobody
// needs the data again, so nothing is forced to disk, the server quits without
// a checkpoint, and hundreds of databases of a second each are not vacuumed.
const guardScript = `
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= \
	-c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off \
	-c shared_buffers=32MB -c max_connections=200 \
	</dev/null >"$2/log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$2"
`

// Start makes and starts a server. As root it runs it as the user postgres,
// for Postgres refuses root.
func Start(ctx context.Context) (_ *Cluster, err error) {
	bin, err := binaries(ctx)
	if err != nil {
		return nil, err
	}
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if owner != nil {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return nil, err
		}
	}
	if err := initialize(ctx, bin, dir, owner); err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, stopped: make(chan struct{})}
	c.guard = exec.Command("sh", "-c", guardScript, "sh", bin, dir)
	c.guard.Dir = dir
	c.guard.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Setpgid: true}
	if c.leash, err = c.guard.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.guard.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = c.guard.Wait() // how the server went is in its log
		close(c.stopped)
	}()
	if err := c.answers(ctx); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		return nil, errors.Join(fmt.Errorf("starting postgres: %w\n%s", err, log), c.Stop())
	}
	return c, nil
}

// initialize makes a cluster whose collation differs from byte order where the
// server's build has one, so that tests notice what depends on it.
func initialize(ctx context.Context, bin, dir string, owner *syscall.Credential) error {
	run := func(args ...string) ([]byte, error) {
		args = append(args, "-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
		cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
		return cmd.CombinedOutput()
	}
	if _, err := run("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en"); err == nil {
		return nil
	}
	if out, err := run("--locale=C"); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// serverUser is whom the server runs as, nil for ourselves.
func serverUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("running as root, which Postgres refuses: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// answers waits until the server takes connections.
func (c *Cluster) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.URL())
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-retry.C:
		case <-c.stopped:
			return err
		case <-ctx.Done():
			return err
		}
	}
}

// URL names the server and its maintenance database.
func (c *Cluster) URL() string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres"}
	u.RawQuery = url.Values{"host": {c.dir}}.Encode()
	return u.String()
}

// Stop ends the server and removes its files.
func (c *Cluster) Stop() error {
	err := c.leash.Close()
	select {
	case <-c.stopped:
		return err
	case <-time.After(patience):
		return fmt.Errorf("postgres in %s does not stop", c.dir)
	}
}
