package archive

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/muster-registry/muster/httpapi/entity"
)

// formatVersion is the version of the format that is written and read.
const formatVersion = 1

// line is one line of an archive; one member is set.
type line struct {
	Format  int            `json:"muster_archive,omitempty"`
	Version *entity.Schema `json:"version,omitempty"`
	Config  *Config        `json:"config,omitempty"`
	Mode    *Mode          `json:"mode,omitempty"`
	End     *Count         `json:"end,omitempty"`
}

// Count is how many records of each kind there are.
type Count struct {
	Versions int `json:"versions"`
	Configs  int `json:"configs"`
	Modes    int `json:"modes"`
}

func (c *Count) add(r Record) {
	switch {
	case r.Version != nil:
		c.Versions++
	case r.Config != nil:
		c.Configs++
	case r.Mode != nil:
		c.Modes++
	}
}

// Write writes an archive and calls step after each record. On an error the
// archive has no end, which [Read] finds.
func Write(w io.Writer, records Records, step func()) (Count, error) {
	buffered := bufio.NewWriterSize(w, 1<<16)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	var count Count
	if err := encoder.Encode(line{Format: formatVersion}); err != nil {
		return count, err
	}
	for r, err := range records {
		if err != nil {
			return count, errors.Join(err, buffered.Flush())
		}
		if err := encoder.Encode(line{Version: r.Version, Config: r.Config, Mode: r.Mode}); err != nil {
			return count, err
		}
		count.add(r)
		step()
	}
	if err := encoder.Encode(line{End: &count}); err != nil {
		return count, err
	}
	return count, buffered.Flush()
}

// maxLine bounds one record: a schema and its escapes.
const maxLine = 64 << 20

// Read reads an archive, one line at a time. It yields an error for what is
// not an archive, and at the end for one that is not whole.
func Read(r io.Reader) Records {
	return func(yield func(Record, error) bool) {
		scanner := bufio.NewScanner(r)
		scanner.Buffer(make([]byte, 0, 1<<16), maxLine)
		var count Count
		ended := false
		for n := 1; scanner.Scan(); n++ {
			l, err := parseLine(scanner.Bytes())
			switch {
			case n == 1 && (err != nil || l.Format == 0):
				err = errors.New("this is not an archive of muster export")
			case n == 1 && l.Format > formatVersion:
				err = fmt.Errorf("the archive has format %d, this muster reads up to %d", l.Format, formatVersion)
			case err == nil && n > 1 && (ended || l.Format != 0):
				err = errors.New("the archive goes on after its end")
			case err == nil && l.End != nil && *l.End != count:
				err = fmt.Errorf("lines are missing: %+v are here, %+v were written", count, *l.End)
			}
			if err != nil {
				yield(Record{}, fmt.Errorf("line %d: %w", n, err))
				return
			}
			ended = l.End != nil
			record := Record{Version: l.Version, Config: l.Config, Mode: l.Mode}
			count.add(record)
			if record != (Record{}) && !yield(record, nil) {
				return
			}
		}
		switch err := scanner.Err(); {
		case err != nil:
			yield(Record{}, err)
		case !ended:
			yield(Record{}, errors.New("the archive is not whole: its end is missing"))
		}
	}
}

// parseLine refuses members it does not know: leaving them out would lose what
// they say.
func parseLine(text []byte) (line, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var l line
	if err := decoder.Decode(&l); err != nil {
		return l, err
	}
	if decoder.More() {
		return l, errors.New("more than one value on the line")
	}
	members := 0
	for _, set := range []bool{l.Format != 0, l.Version != nil, l.Config != nil, l.Mode != nil, l.End != nil} {
		if set {
			members++
		}
	}
	if members != 1 {
		return l, errors.New("want one of muster_archive, version, config, mode and end")
	}
	return l, nil
}
