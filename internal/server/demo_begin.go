package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// A demonstration is filled in many steps. While it is being filled, a mark lies beside the database; a start that finds
// the mark throws away what the killed one left, which nobody has seen yet, and begins again.

// demoMark is the file that says that a demonstration is being filled into a database that was empty before.
func (c *Config) demoMark() string { return filepath.Join(c.Data, "demo.filling") }

// demoDatabase are the files of a demonstration on SQLite.
var demoDatabase = []string{"laurel.db", "laurel.db-wal", "laurel.db-shm", "demo.json"}

// beginAgain removes an unfinished demonstration.
func (c *Config) beginAgain() error {
	if !c.Demo {
		return nil
	}
	if _, err := os.Stat(c.demoMark()); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if c.Database != "" {
		return fmt.Errorf("a demonstration was interrupted while it was filled into %s; empty that database, remove %s and start again", hidePassword(c.Database), c.demoMark())
	}
	for _, name := range demoDatabase {
		if err := os.Remove(filepath.Join(c.Data, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("an interrupted demonstration cannot be cleared away: %w; remove the folder %s and start again", err, c.Data)
		}
	}
	return os.Remove(c.demoMark()) // last: until then every start clears again
}

// markDemo sets the mark, where the database holds nothing that could be lost with it.
func (s *Server) markDemo(ctx context.Context) error {
	var all []*record.Institution
	err := s.DB.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Institutions(ctx)
		return err
	})
	if err != nil || len(all) > 0 {
		return err
	}
	return os.WriteFile(s.Config.demoMark(), []byte("A demonstration is being filled; if no program runs, the next start begins again.\n"), 0o600)
}
