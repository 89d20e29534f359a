using Microsoft.Win32.SafeHandles;
using System.Text;
using Wharf.Linux;

namespace Wharf.Shim;

/// <summary>The shim's standard error, a file in its directory: for what no daemon can be told.</summary>
internal static class ErrorLog
{
    private static readonly SafeFileHandle Stderr = FileCalls.Borrow(2);

    public static void Write(string line) => _ = FileCalls.WriteAll(Stderr, Encoding.UTF8.GetBytes($"wharf-shim: {line}\n"));
}
