//go:build !linux

package poll

import (
	"errors"

	"millpond/server/internal/http1"
)

// TrySendFile implements http1.FileSender: here, files are copied.
func (s *Stream) TrySendFile(http1.File, int64) (int64, error) { return 0, errors.ErrUnsupported }

// AwaitRoom implements http1.FileSender.
func (s *Stream) AwaitRoom() error { return errors.ErrUnsupported }
