package migrations

import (
	"context"
	"io/fs"
)

// UpFrom migrates with the files of a folder.
func UpFrom(ctx context.Context, url string, folder fs.FS) error { return up(ctx, url, folder) }

// StatusFrom is Status against the files of a folder.
func StatusFrom(ctx context.Context, url string, folder fs.FS) (State, error) {
	return status(ctx, url, folder)
}

// Numbers are the names of a folder's migrations, "" for a number that none has.
func Numbers(folder fs.FS) ([]string, error) {
	all, err := files(folder)
	names := make([]string, 0, len(all))
	for _, f := range all {
		names = append(names, f.Name)
	}
	return names, err
}

// Embedded are the files in the binary.
var Embedded fs.FS = embedded
