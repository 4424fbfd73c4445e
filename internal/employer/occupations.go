package employer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/openlaurel/laurel/framework"
)

// ReadOccupations reads the frameworks and occupations that an operator keeps in a folder, to choose from when a record is
// compared. A file is one of its own: CASE, CTDL, an ESCO occupation, or a ZIP of ESCO's or O*NET's tables; a folder inside
// holds the tables of one. Names that begin with a dot are left alone. The error names the file. No folder holds none.
func ReadOccupations(dir string) ([]*framework.Framework, error) {
	if dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder of occupations cannot be read: %w", err)
	}
	var out []*framework.Framework
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		f, err := readOccupations(filepath.Join(dir, e.Name()), e.IsDir())
		if err != nil {
			return nil, fmt.Errorf("the folder of occupations: %s: %w", e.Name(), err)
		}
		out = append(out, f)
	}
	return out, nil
}

func readOccupations(path string, folder bool) (*framework.Framework, error) {
	if !folder {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return framework.Read(b)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []framework.File
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(path, e.Name()))
		if err != nil {
			return nil, err
		}
		files = append(files, framework.File{Name: e.Name(), Data: b})
	}
	return framework.ReadFiles(files)
}
