// Command muster is the schema registry and the tool that talks to it: a
// server (serve) and the verbs that CI and producers use (check, register,
// validate). Each verb has a file; exit.go has the exit codes.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}
