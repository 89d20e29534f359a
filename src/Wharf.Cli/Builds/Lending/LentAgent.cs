using Wharf.Cli.Builds.Lending.Keys;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Builds.Lending;

/// <summary>What answers for one <c>--ssh</c>: the agent behind a socket, or keys that were read from files.</summary>
internal sealed record LentAgent
{
    private LentAgent()
    {
    }

    /// <summary>Null when <see cref="Keys"/> are served.</summary>
    public string? Socket { get; private init; }

    public IReadOnlyList<SshKey> Keys { get; private init; } = [];

    /// <param name="id">What the build calls it.</param>
    /// <param name="paths">One socket, or key files.</param>
    /// <exception cref="CommandException">None of these, or a key that is not served.</exception>
    public static LentAgent Of(string id, IReadOnlyList<string> paths)
    {
        var keys = new List<SshKey>();
        foreach (string path in paths)
        {
            UnixFileKind kind = KindOf(id, path);
            if (kind == UnixFileKind.Socket)
            {
                return paths.Count == 1 ? new LentAgent { Socket = path } : throw new CommandException($"--ssh {id}: only single socket allowed");
            }

            keys.Add(SshKeyFile.Read(path));
        }

        return new LentAgent { Keys = keys };
    }

    private static UnixFileKind KindOf(string id, string path)
    {
        try
        {
            // A socket has no bytes to read and no type that the framework would tell; everything else that is empty is no key either.
            FileAttributes attributes = File.GetAttributes(path);
            return (attributes & (FileAttributes.Directory | FileAttributes.Device)) == 0 && new FileInfo(path).Length > 0 ? UnixFileKind.Regular : UnixFileKind.Socket;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"could not use the ssh agent {id}: {e.Message}");
        }
    }

    private enum UnixFileKind
    {
        Socket = 0,
        Regular,
    }
}
