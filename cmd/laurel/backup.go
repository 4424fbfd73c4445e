package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/openlaurel/laurel/internal/server"
)

type backupCommand struct {
	Out             string `required:"" help:"The backup file to write; it must not exist. - writes to standard output."`
	WithoutIdentity bool   `name:"without-identity" help:"Leave out what opens the issuing keys; keep that apart yourself."`
	Data            string `default:"./data" env:"LAUREL_DATA" help:"The server's data folder."`
	Database        string `env:"LAUREL_DATABASE" help:"The server's database, when it is PostgreSQL."`
	JSON            bool   `name:"json" help:"Print the result as JSON."`
}

func (c *backupCommand) Run(ctx context.Context, std streams) error {
	cfg := server.Config{Data: c.Data, Database: c.Database}
	if c.Database == "" {
		// Opening would make an empty database, and a backup of nothing is worse than none.
		if _, err := os.Stat(cfg.DatabaseURL()); err != nil {
			return &exitError{code: exitIO, err: fmt.Errorf("there is no database at %s; name the server's folder with --data", cfg.DatabaseURL())}
		}
	}
	if c.Out == "-" {
		_, err := server.Backup(ctx, cfg, !c.WithoutIdentity, std.out)
		return err
	}
	m, err := c.write(ctx, cfg)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(std, map[string]any{"file": c.Out, "madeAt": m.MadeAt, "identity": m.Identity, "rows": m.Rows(), "schema": m.Data.Schema, "sha256": m.SHA256})
	}
	_, err = fmt.Fprintf(std.out, "%s holds %d rows of %d tables. %s\n", c.Out, m.Rows(), len(m.Data.Tables), keySentence(m.Identity))
	return err
}

func keySentence(inside bool) string {
	if inside {
		return "It holds what opens the issuing keys: keep it like a key."
	}
	return "What opens the issuing keys is not in it: keep that apart, or nothing new can be signed after a restore."
}

// write makes the backup beside its name and moves it there when it is whole, so that a file of that name is a backup.
func (c *backupCommand) write(ctx context.Context, cfg server.Config) (*server.BackupManifest, error) {
	if _, err := os.Lstat(c.Out); err == nil {
		return nil, fmt.Errorf("%s exists; a backup is not written over another, choose a new name", c.Out)
	}
	f, err := os.CreateTemp(filepath.Dir(c.Out), "."+filepath.Base(c.Out)+".*") // mode 0600
	if err != nil {
		return nil, &exitError{code: exitIO, err: fmt.Errorf("%s cannot be written: %w", c.Out, cause(err))}
	}
	defer os.Remove(f.Name()) // gone already when it was moved
	m, err := server.Backup(ctx, cfg, !c.WithoutIdentity, f)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	return m, os.Rename(f.Name(), c.Out)
}

type restoreCommand struct {
	File              string `arg:"" help:"The backup file; - reads standard input."`
	Check             bool   `help:"Restore into a folder that is thrown away, and say whether the backup is good."`
	Data              string `default:"./data" env:"LAUREL_DATA" help:"The data folder to restore into; it must hold no database."`
	Database          string `env:"LAUREL_DATABASE" help:"The empty database to restore into, when it is PostgreSQL."`
	KeyPassphraseFile string `name:"key-passphrase-file" env:"LAUREL_KEY_PASSPHRASE_FILE" help:"File with the passphrase that opens the issuing keys, when the server has one."`
	JSON              bool   `name:"json" help:"Print the result as JSON."`
}

func (c *restoreCommand) Run(ctx context.Context, std streams) error {
	file, err := c.open(std)
	if err != nil {
		return err
	}
	defer file.Close()
	cfg := server.Config{Data: c.Data, Database: c.Database, KeyPassphraseFile: c.KeyPassphraseFile}
	if c.Check {
		if cfg.Data, err = os.MkdirTemp("", "laurel-restore-"); err != nil {
			return err
		}
		defer os.RemoveAll(cfg.Data)
		cfg.Database = ""
	}
	r, err := server.Restore(ctx, cfg, file)
	if err != nil {
		return fmt.Errorf("nothing was restored: %w", err)
	}
	if c.JSON {
		return writeJSON(std, map[string]any{"madeAt": r.Manifest.MadeAt, "rows": r.Manifest.Rows(), "institutions": r.Institutions, "credentials": r.Credentials,
			"auditEvents": r.Events, "keysOpen": r.KeysOpen, "keysLocked": r.KeysLocked, "kept": !c.Check})
	}
	head := "Restored"
	if c.Check {
		head = "The backup is good"
	}
	fmt.Fprintf(std.out, "%s, as of %s: %d institutions, %d credentials with the bytes that were signed, %d audit events in whole chains.\n",
		head, r.Manifest.MadeAt.Format("2006-01-02 15:04 MST"), r.Institutions, r.Credentials, r.Events)
	if r.KeysLocked > 0 {
		fmt.Fprintf(std.out, "%d issuing keys cannot be opened here: put the identity file into the data folder, or name the passphrase file, that were in use when they were made.\n", r.KeysLocked)
	}
	return nil
}

// open gives the backup as a file that can be read twice: standard input goes to a file that has no name.
func (c *restoreCommand) open(std streams) (*os.File, error) {
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, &exitError{code: exitIO, err: fmt.Errorf("%s cannot be read: %w", c.File, cause(err))}
		}
		return f, nil
	}
	f, err := os.CreateTemp("", "laurel-restore-*")
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(f, std.in)
	_, serr := f.Seek(0, io.SeekStart)
	return f, errors.Join(err, serr, os.Remove(f.Name()))
}
