package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
)

// intake watches a folder into which other systems drop files: DIR/INSTITUTION/FILE, or DIR/INSTITUTION/SOURCE/FILE for a
// named source. A file becomes an upload that waits for a person; nothing is ever committed from here. Taken files move to
// "taken", refused ones to "refused" with the reason beside them.
type intake struct {
	dir  string
	desk *registrar.Desk
	log  *slog.Logger
	seen map[string]stamp // files of the last look: one that still grows is left alone
}

type stamp struct {
	size int64
	at   time.Time
}

// Folders of the intake itself.
const (
	takenDir   = "taken"
	refusedDir = "refused"
)

// look takes every file that has not changed since the last look.
func (t *intake) look(ctx context.Context) error {
	var all []*record.Institution
	err := t.desk.DB.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Institutions(ctx)
		return err
	})
	if err != nil {
		return err
	}
	now := map[string]stamp{}
	var troubles []error
	for _, i := range all {
		root := filepath.Join(t.dir, i.Slug)
		troubles = append(troubles, t.folder(ctx, i, root, "", now))
		entries, err := os.ReadDir(root)
		if err != nil {
			continue // no folder, no files for this institution
		}
		for _, e := range entries {
			if e.IsDir() && e.Name() != takenDir && e.Name() != refusedDir && !strings.HasPrefix(e.Name(), ".") {
				troubles = append(troubles, t.folder(ctx, i, filepath.Join(root, e.Name()), e.Name(), now))
			}
		}
	}
	t.seen = now
	return errors.Join(troubles...)
}

// folder takes the files of one folder. Links are not followed, and names that senders give to unfinished files wait.
func (t *intake) folder(ctx context.Context, i *record.Institution, dir, source string, now map[string]stamp) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		info, err := e.Info()
		if err != nil || !e.Type().IsRegular() || unfinished(e.Name()) {
			continue
		}
		now[name] = stamp{info.Size(), info.ModTime()}
		if t.seen[name] != now[name] {
			continue
		}
		delete(now, name)
		if err := t.take(ctx, i, name, source, info.Size()); err != nil {
			return err
		}
	}
	return nil
}

func unfinished(name string) bool {
	for _, end := range []string{".part", ".tmp", ".filepart", ".crdownload", "~"} {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return true
		}
	}
	return strings.HasPrefix(name, ".")
}

// take stages one file. What the desk refuses goes aside with its words; what fails for another reason is tried again.
func (t *intake) take(ctx context.Context, i *record.Institution, name, source string, size int64) error {
	if size > registrar.MaxUpload {
		return t.refuse(name, fmt.Sprintf("the file has more than %d MiB; use the import command for it", registrar.MaxUpload>>20))
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	v, err := t.desk.StageImport(ctx, record.System(i.ID), registrar.ImportRequest{Source: source, Files: []registrar.File{{Name: filepath.Base(name), Data: data}}})
	switch record.KindOf(err) {
	case "":
	case record.Invalid, record.TooLarge, record.Conflict:
		return t.refuse(name, record.MessageOf(err))
	default:
		return err
	}
	t.log.Info("import file taken", "batch", v.Batch)
	return t.aside(name, takenDir, string(v.Batch))
}

func (t *intake) refuse(name, why string) error {
	t.log.Warn("import file refused")
	stem := time.Now().UTC().Format("20060102T150405.000000")
	if err := t.aside(name, refusedDir, stem); err != nil {
		return err
	}
	reason := filepath.Join(filepath.Dir(name), refusedDir, stem+"-"+filepath.Base(name)+".reason.txt")
	return os.WriteFile(reason, []byte(why+"\n"), 0o600)
}

// aside moves a file into a folder beside it under a name of its own.
func (t *intake) aside(name, folder, stem string) error {
	dir := filepath.Join(filepath.Dir(name), folder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.Rename(name, filepath.Join(dir, stem+"-"+filepath.Base(name)))
}

// watchImports looks into the folder for as long as the server runs.
func (s *Server) watchImports(ctx context.Context, dir string) {
	t := &intake{dir: dir, desk: s.Registrar, log: s.log}
	tick := time.NewTicker(importInterval)
	defer tick.Stop()
	for {
		if err := t.look(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("import folder", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// importInterval is how often the import folder is looked into; a file is taken at the second look that finds it unchanged.
const importInterval = 10 * time.Second
