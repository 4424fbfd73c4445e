package framework

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// Limits of what is read. ESCO's skills and O*NET's ratings, whole, are around 10 MB each.
const (
	maxFile  = 64 << 20 // one file
	maxFiles = 200      // of one folder; O*NET comes as about forty
)

// File is one of the files that a framework comes as.
type File struct {
	Name string
	Data []byte
}

// Read reads a framework that is one document, of any form that we know, or a ZIP of the files as which it comes. The error
// says what the document is not.
func Read(data []byte) (*Framework, error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		files, err := unzip(data, maxFile)
		if err != nil {
			return nil, err
		}
		return ReadFiles(files)
	}
	return ReadFiles([]File{{Data: data}})
}

// unzip reads the files of a ZIP that could be part of a framework, in whatever folders they stand. limit bounds all of
// them together, so that a small file cannot unfold into a large one.
func unzip(data []byte, limit int64) ([]File, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("framework: the ZIP cannot be read: %w", err)
	}
	var files []File
	left := limit
	for _, entry := range z.File {
		if !entry.Mode().IsRegular() || !readable(entry.Name) {
			continue
		}
		if len(files) == maxFiles {
			return nil, fmt.Errorf("framework: the ZIP has more than %d files; give one that holds the framework alone", maxFiles)
		}
		f, err := entry.Open()
		if err != nil {
			return nil, fmt.Errorf("framework: %s: %w", entry.Name, err)
		}
		b, err := io.ReadAll(io.LimitReader(f, left+1))
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("framework: %s: %w", entry.Name, err)
		}
		if left -= int64(len(b)); left < 0 {
			return nil, fmt.Errorf("framework: the files of the ZIP are larger than %d bytes together; give the tables of one framework alone", limit)
		}
		files = append(files, File{path.Base(entry.Name), b})
	}
	return files, nil
}

func readable(name string) bool {
	return slices.Contains([]string{".json", ".jsonld", ".csv", ".tsv", ".txt"}, strings.ToLower(path.Ext(name)))
}

// ReadFiles reads a framework that comes as several files: ESCO's and O*NET's tables, or several CTDL documents. Files of
// other tables are left alone; the error says when none was of use.
func ReadFiles(files []File) (*Framework, error) {
	var tables []table
	out := &Framework{}
	for _, f := range files {
		if len(f.Data) > maxFile {
			return nil, fmt.Errorf("framework: %s is larger than %d MiB, the most one file may be", f.Name, maxFile>>20)
		}
		if first := bytes.TrimLeft(f.Data, " \t\r\n\ufeff"); len(first) == 0 || first[0] != '{' && first[0] != '[' {
			t, err := readTable(f)
			if err != nil {
				return nil, err
			}
			tables = append(tables, t)
			continue
		}
		one, err := readJSON(f)
		if err != nil {
			return nil, err
		}
		out.merge(one)
	}
	if len(tables) > 0 {
		one, err := readTables(tables)
		if err != nil {
			return nil, err
		}
		out.merge(one)
	}
	if out.Kind == "" {
		return nil, errors.New("framework: there is no file to read; give a CASE package, CTDL documents, or a folder of ESCO or O*NET tables")
	}
	return out, nil
}

// ReadDir reads the framework whose files stand in a folder.
func ReadDir(dir fs.FS) (*Framework, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, err
	}
	var files []File
	for _, e := range entries {
		if !e.Type().IsRegular() || !readable(e.Name()) {
			continue
		}
		if len(files) == maxFiles {
			return nil, fmt.Errorf("framework: the folder has more than %d files; give one that holds the framework alone", maxFiles)
		}
		data, err := readFile(dir, e.Name())
		if err != nil {
			return nil, err
		}
		files = append(files, File{e.Name(), data})
	}
	return ReadFiles(files)
}

func readFile(dir fs.FS, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// readJSON tells the JSON forms apart by their members.
func readJSON(file File) (*Framework, error) {
	doc, err := ijson.Parse(file.Data, nil)
	if err != nil {
		return nil, fmt.Errorf("framework: %s%w", named(file), err)
	}
	root := doc.Root()
	var f *Framework
	switch {
	case root.Has("CFDocument") || root.Has("CFPackage") || root.Has("document") && root.Has("items"):
		f, err = readCASE(root)
	case root.Get("skills").Kind() == ijson.Array && root.Has("occupation"):
		f, err = readESCOOccupation(root)
	case isCTDL(root):
		f, err = readCTDL(root)
	default:
		err = errors.New("the document is no CASE package (it has no CFDocument), no CTDL (it has no ceterms: or ceasn: types) and no ESCO occupation (it has no skills)")
	}
	if err != nil {
		return nil, fmt.Errorf("framework: %s%w", named(file), err)
	}
	return f, nil
}

func named(f File) string {
	if f.Name == "" {
		return ""
	}
	return f.Name + ": "
}

// merge adds what another file of the same framework says; the first file's title stands.
func (f *Framework) merge(g *Framework) {
	if f.Kind == "" {
		*f = *g
		return
	}
	f.Nodes = append(f.Nodes, g.Nodes...)
	f.Associations = append(f.Associations, g.Associations...)
	f.Scales = append(f.Scales, g.Scales...)
	f.Goals = append(f.Goals, g.Goals...)
	if f.Attribution == "" {
		f.Attribution = g.Attribution
	}
	for node, level := range g.levels {
		f.ask(node, level)
	}
	for node := range g.isLevel {
		if f.isLevel == nil {
			f.isLevel = map[string]bool{}
		}
		f.isLevel[node] = true
	}
}

func (f *Framework) ask(node string, level Level) {
	if f.levels == nil {
		f.levels = map[string]Level{}
	}
	f.levels[Key(node)] = level
}

// ReadTarget reads what a goal asks: a target in our own form (a requirement with "skill" or "of"), or the target that
// follows from a framework document.
func ReadTarget(data []byte) (*Requirement, error) {
	if r, ok, err := ReadRequirement(data); ok {
		return r, err
	}
	f, err := Read(data)
	if err != nil {
		return nil, fmt.Errorf("framework: the document is no target (it has neither \"of\" nor \"skill\") and no framework: %w", err)
	}
	g, err := f.Goal("")
	if err != nil {
		return nil, err
	}
	return g.Requirement, nil
}

// ReadRequirement reads a target in our own form; ok is false when the document is none, whatever else it may be.
func ReadRequirement(data []byte) (r *Requirement, ok bool, err error) {
	if first := bytes.TrimLeft(data, " \t\r\n"); len(first) == 0 || first[0] != '{' {
		return nil, false, nil
	}
	doc, err := ijson.Parse(data, nil)
	if err != nil {
		return nil, true, fmt.Errorf("framework: %w", err)
	}
	if root := doc.Root(); !root.Has("of") && !root.Has("skill") {
		return nil, false, nil
	}
	r = &Requirement{}
	if err := ijson.Unmarshal(data, r); err != nil {
		return nil, true, fmt.Errorf("framework: %w", err)
	}
	if err := r.check(""); err != nil {
		return nil, true, err
	}
	return r, true, nil
}

// check refuses a tree that cannot be counted.
func (r *Requirement) check(at string) error {
	switch r.Op {
	case "", All, Any, AtLeast, Credits, Count:
	default:
		return fmt.Errorf("framework: %s/op: %q is not one of all, any, atLeast, credits, count", at, r.Op)
	}
	if r.Op == "" && len(r.Of) > 0 {
		r.Op = All
	}
	if r.Op == "" && r.Skill == "" {
		return fmt.Errorf("framework: %s: a requirement needs \"skill\", or \"op\" and \"of\"", at)
	}
	if r.Op != "" && len(r.Of) == 0 {
		return fmt.Errorf("framework: %s/of is empty", at)
	}
	if r.Weight < 0 {
		return fmt.Errorf("framework: %s/weight: %v is less than nothing", at, r.Weight)
	}
	for i := range r.Of {
		if err := r.Of[i].check(fmt.Sprintf("%s/of/%d", at, i)); err != nil {
			return err
		}
	}
	return nil
}
