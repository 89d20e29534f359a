using System.Globalization;
using Microsoft.Extensions.Logging;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Daemon.Hosting;

/// <summary>Gives the API's unix socket to a group, by name or number.</summary>
internal static partial class SocketGroup
{
    private const string DefaultGroup = "docker";

    public static void Apply(string path, string group, ILogger log)
    {
        if (Find(group) is not uint gid)
        {
            if (group != DefaultGroup)
            {
                throw WharfException.Invalid($"could not find group {group}");
            }

            // Docker's daemon starts without its default group, too: then only root may use the socket.
            Missing(log, group, path);
            return;
        }

        NameCalls.ChangeOwner(FileCalls.CurrentDirectory, path, uint.MaxValue, gid, AtFlags.None).ThrowIfError("chown", path);
    }

    private static uint? Find(string group)
    {
        foreach (string line in File.Exists("/etc/group") ? File.ReadLines("/etc/group") : [])
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 3 && fields[0] == group && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint gid))
            {
                return gid;
            }
        }

        return uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
    }

    [LoggerMessage(7101, LogLevel.Warning, "could not change group of {Path}: group {Group} not found")]
    private static partial void Missing(ILogger log, string group, string path);
}
