package server

import (
	"errors"

	"millpond/server/internal/http1"
)

// TrySendFile implements http1.FileSender, if the link does.
func (c *conn) TrySendFile(file http1.File, n int64) (int64, error) {
	if sender, ok := c.Link.(http1.FileSender); ok {
		return sender.TrySendFile(file, n)
	}
	return 0, errors.ErrUnsupported
}

// AwaitRoom implements http1.FileSender, if the link does.
func (c *conn) AwaitRoom() error {
	if sender, ok := c.Link.(http1.FileSender); ok {
		return sender.AwaitRoom()
	}
	return errors.ErrUnsupported
}
