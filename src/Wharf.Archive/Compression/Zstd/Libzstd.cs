using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wharf.Primitives;

[assembly: DisableRuntimeMarshalling]

namespace Wharf.Archive.Compression.Zstd;

/// <summary>
/// The streaming calls of libzstd (zstd.h). Published programs have the library linked in; otherwise the shared one of the system is
/// loaded, by the name that exists without development packages.
/// </summary>
internal static unsafe partial class Libzstd
{
    private const string Name = "libzstd";

    static Libzstd() => NativeLibrary.SetDllImportResolver(typeof(Libzstd).Assembly, Resolve);

    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public byte* Data;
        public nuint Size;
        public nuint Position;
    }

    public const int ParameterLevel = 100;
    public const int ParameterChecksum = 201;
    public const int ParameterWorkers = 400;
    public const int DirectiveContinue = 0;
    public const int DirectiveEnd = 2;

    [LibraryImport(Name)]
    public static partial nint ZSTD_createDCtx();

    [LibraryImport(Name)]
    public static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Name)]
    public static partial nuint ZSTD_decompressStream(nint context, Buffer* output, Buffer* input);

    [LibraryImport(Name)]
    public static partial nint ZSTD_createCCtx();

    [LibraryImport(Name)]
    public static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Name)]
    public static partial nuint ZSTD_CCtx_setParameter(nint context, int parameter, int value);

    [LibraryImport(Name)]
    public static partial nuint ZSTD_compressStream2(nint context, Buffer* output, Buffer* input, int directive);

    [LibraryImport(Name)]
    public static partial uint ZSTD_isError(nuint code);

    [LibraryImport(Name)]
    private static partial byte* ZSTD_getErrorName(nuint code);

    public static string ErrorName(nuint code) => Marshal.PtrToStringUTF8((nint)ZSTD_getErrorName(code)) ?? "unknown error";

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name)
        {
            return 0;
        }

        return NativeLibrary.TryLoad("libzstd.so.1", out nint handle) ? handle
            : throw WharfException.Unsupported("zstd needs the library libzstd.so.1 (Debian package libzstd1)");
    }
}
