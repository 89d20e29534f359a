using System.Runtime.InteropServices;
using Wharf.Cli.Framework.Commands;

namespace Wharf.Cli.Framework.Terminal;

/// <summary>lchown(2), which .NET has no call for.</summary>
internal static partial class FileOwner
{
    public static void Set(string path, int user, int group)
    {
        if (lchown(path, (uint)user, (uint)group) != 0)
        {
            throw new CommandException($"lchown {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);
}
