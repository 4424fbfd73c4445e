// Command laurel issues, serves, renders and verifies Comprehensive Learner Records.
//
// One file per command. Here are only flags, progress and exit codes; the work is done in the
// packages that the commands call.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// The exit codes of every command (the contract's section 2).
const (
	exitDone          = 0
	exitRefused       = 1  // verify: an input failed; other commands: the input was refused
	exitIndeterminate = 2  // verify: none failed, at least one could not be decided
	exitUsage         = 64 // the words of the call are off
	exitIO            = 74 // a file or address could not be read or written
)

// commands is the whole surface of the program.
type commands struct {
	Verify      verifyCommand      `cmd:"" help:"Check credentials and say what is genuine, by whom, and current."`
	Inspect     inspectCommand     `cmd:"" help:"Say what a file is, without checking it."`
	Canon       canonCommand       `cmd:"" help:"Write canonical N-Quads (RDFC-1.0) of JSON-LD or N-Quads."`
	Key         keyCommand         `cmd:"" help:"Make keys."`
	Issue       issueCommand       `cmd:"" help:"Lint, sign and self-verify a credential."`
	Derive      deriveCommand      `cmd:"" help:"Disclose a part of a credential (ecdsa-sd-2023)."`
	Bake        bakeCommand        `cmd:"" help:"Put a credential into a PNG or SVG image."`
	Unbake      unbakeCommand      `cmd:"" help:"Take the credential out of an image or PDF."`
	Gap         gapCommand         `cmd:"" help:"Compare a record with what a goal asks, and say why."`
	Export      exportCommand      `cmd:"" help:"Write a record in a neighbour's format: LER-RS, JSON Resume, ELM, Schema.org, CSV."`
	Render      renderCommand      `cmd:"" help:"Show a record as a page, a PDF or text, with its verification."`
	Upgrade     upgradeCommand     `cmd:"" help:"Read CLR 1.0 or Open Badges 2.0 as an unsigned credential of today."`
	Import      importCommand      `cmd:"" help:"Import a registrar's files as drafts."`
	Serve       serveCommand       `cmd:"" help:"Run the server."`
	Backup      backupCommand      `cmd:"" help:"Write everything the server holds into one file, while it runs."`
	Restore     restoreCommand     `cmd:"" help:"Fill an empty place with a backup, and check what was restored."`
	Institution institutionCommand `cmd:"" help:"Add institutions."`
	User        userCommand        `cmd:"" help:"Add people who can sign in."`
	Config      configCommand      `cmd:"" help:"Check or show the settings."`

	Version kong.VersionFlag `help:"Print the version and stop."`
}

// streams are the three files every program is given.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// exitError carries the exit code of a failure; its text is the one sentence for stderr.
type exitError struct {
	code int
	err  error // nil when everything worth saying has been said
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exitStatus ends a command with a code and nothing more to say.
func exitStatus(code int) error { return &exitError{code: code} }

// usagef is a failure of the call's words.
func usagef(format string, args ...any) error {
	return &exitError{code: exitUsage, err: fmt.Errorf(format, args...)}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run is main without the process: it parses, runs and turns an error into a sentence and a code.
func run(ctx context.Context, args []string, std streams) (code int) {
	type leave int // --help and --version end the parse
	defer func() {
		switch p := recover().(type) {
		case nil:
		case leave:
			code = int(p)
		default: // a program that does nothing must not say that it is done
			fmt.Fprintf(std.err, "laurel: a fault of the program: %v; please report it\n", p)
			code = exitRefused
		}
	}()
	var resolvers []kong.Resolver
	if name := configFile(args); name != "" {
		file, err := readSettings(name)
		if err != nil {
			return report(err, std.err)
		}
		resolvers = append(resolvers, file)
	}
	parser, err := kong.New(&commands{},
		kong.Name("laurel"),
		kong.Description("Comprehensive Learner Records: create, transmit, render, verify."),
		kong.Writers(std.out, std.err),
		kong.Exit(func(c int) { panic(leave(c)) }),
		kong.Vars{"version": version()},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
		kong.Resolvers(resolvers...),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintf(std.err, "laurel: %v\n", err)
		return exitUsage
	}
	call, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(std.err, "laurel: %v; see 'laurel --help'\n", err)
		return exitUsage
	}
	return report(call.Run(), std.err)
}

// report writes the sentence of an error and gives its exit code.
func report(err error, w io.Writer) int {
	if err == nil {
		return exitDone
	}
	code := exitRefused
	if e, ok := errors.AsType[*exitError](err); ok {
		if e.err == nil {
			return e.code
		}
		code = e.code
	} else if _, ok := errors.AsType[*os.PathError](err); ok {
		code = exitIO
	}
	fmt.Fprintf(w, "laurel: %v\n", err)
	return code
}

// version is the module's version and revision as the build recorded them.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "laurel (unknown build)"
	}
	text := "laurel " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			text += " " + s.Value
		}
	}
	return text
}
