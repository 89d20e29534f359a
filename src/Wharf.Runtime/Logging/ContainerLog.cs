using Wharf.Primitives;
using Wharf.Runtime.Shims;

namespace Wharf.Runtime.Logging;

/// <summary>Makes the log writer that a container's configuration asks for.</summary>
public static class ContainerLog
{
    /// <returns>Null for the driver "none".</returns>
    /// <exception cref="WharfException">InvalidArgument for an unknown driver or bad options; what the kernel says when the file cannot be opened.</exception>
    public static LogFile? Open(ShimLog log)
    {
        LogEncoder encoder;
        switch (log.Driver)
        {
            case "none":
                return null;
            case "json-file":
                encoder = new JsonFileEncoder(log.Attributes);
                break;
            case "local":
                encoder = new LocalLogEncoder();
                break;
            default:
                throw WharfException.Invalid($"the shim writes no logs for the driver \"{log.Driver}\"");
        }

        string path = log.Path ?? throw WharfException.Invalid($"the log driver \"{log.Driver}\" needs a path");
        return new LogFile(path, encoder, new LogRotation(log.MaxSize, log.MaxFiles, log.Compress));
    }
}
