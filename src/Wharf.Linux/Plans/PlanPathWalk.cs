// AFTER-CLONE: raw syscalls only; the architecture test scans this file for allocation, strings and calls that leave it.
using System.Runtime.CompilerServices;

namespace Wharf.Linux.Plans;

/// <summary>
/// Opens a name below a root that nobody vouches for, and makes what is missing of it. Links are followed as a process in that root
/// would see them, never out of it and never through the magic ones of procfs. Every step works from a descriptor that openat2(2)
/// resolved, so an exchange of directories by another container while we walk cannot lead outside.
/// </summary>
internal static unsafe class PlanPathWalk
{
    /// <summary>Values of the "make" argument of <see cref="OperationKind.OpenInRoot"/>.</summary>
    public const int MakeNothing = 0, MakeDirectory = 1, MakeFile = 2;

    private const ulong PathDirectory = 0x200000 | 0x10000 | 0x80000;
    private const ulong NoMagicLinks = 2, NoSymlinks = 4, InRoot = 16;
    private const int EINVAL = 22, EEXIST = 17, ENOENT = 2, ELOOP = 40, ENAMETOOLONG = 36;
    private const int MaxLinks = 40;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Open(PlanContext* context, nint root, byte* path, ulong flags, ulong resolve, int make)
    {
        nint result = PlanInterpreter.OpenAt2(context, root, path, flags, resolve);
        if (make == MakeNothing || !PlanInterpreter.IsMissing(result))
        {
            return result;
        }

        nint made = Make(context, root, path, resolve, make);
        return made < 0 ? made : PlanInterpreter.OpenAt2(context, root, path, flags, resolve);
    }

    // Three buffers: what is resolved already (free of links), what is left to walk, and a link's target.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint Make(PlanContext* context, nint root, byte* path, ulong resolve, int make)
    {
        byte* walked = context->Scratch;
        byte* rest = walked + PlanContext.PathBufferSize;
        byte* target = rest + PlanContext.PathBufferSize;
        int walkedLength = 0, links = 0;
        int restLength = Length(path);
        if (restLength >= PlanContext.PathBufferSize / 2)
        {
            return -ENAMETOOLONG;
        }

        Copy(path, rest, restLength + 1);
        int at = 0;
        while (true)
        {
            while (rest[at] == (byte)'/')
            {
                at++;
            }

            if (rest[at] == 0)
            {
                return 0;
            }

            int end = at;
            while (rest[end] != 0 && rest[end] != (byte)'/')
            {
                end++;
            }

            int length = end - at;
            if (length == 1 && rest[at] == (byte)'.')
            {
                at = end;
                continue;
            }

            if (length == 2 && rest[at] == (byte)'.' && rest[at + 1] == (byte)'.')
            {
                walkedLength = Parent(walked, walkedLength);
                at = end;
                continue;
            }

            walked[walkedLength] = 0;
            nint parent = PlanInterpreter.OpenAt2(context, root, walkedLength == 0 ? Dot(context) : walked, PathDirectory, InRoot | NoMagicLinks | NoSymlinks);
            if (parent < 0)
            {
                return parent;
            }

            // the name alone, ended in place
            byte separator = rest[end];
            rest[end] = 0;
            nint linkLength = context->Raw(Call.readlinkat, parent, (nint)(rest + at), (nint)target, (PlanContext.PathBufferSize / 2) - 1, 0, 0);
            nint result = 0;
            if (linkLength == -ENOENT)
            {
                result = Create(context, parent, rest + at, make == MakeFile && IsLast(rest, end, separator));
            }

            rest[end] = separator;
            context->Raw(Call.close, parent, 0, 0, 0, 0, 0);
            if (linkLength > 0)
            {
                if (++links > MaxLinks || (resolve & NoSymlinks) != 0)
                {
                    return -ELOOP;
                }

                int left = Length(rest + end);
                if (linkLength + left + 1 >= PlanContext.PathBufferSize / 2)
                {
                    return -ENAMETOOLONG;
                }

                Copy(rest + end, target + linkLength, left + 1);
                Copy(target, rest, (int)linkLength + left + 1);
                walkedLength = rest[0] == (byte)'/' ? 0 : walkedLength;
                at = 0;
                continue;
            }

            if (linkLength < 0 && linkLength != -ENOENT && linkLength != -EINVAL)
            {
                return linkLength;
            }

            if (result < 0)
            {
                return result;
            }

            if (walkedLength + length + 2 >= PlanContext.PathBufferSize)
            {
                return -ENAMETOOLONG;
            }

            if (walkedLength > 0)
            {
                walked[walkedLength++] = (byte)'/';
            }

            Copy(rest + at, walked + walkedLength, length);
            walkedLength += length;
            at = end;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint Create(PlanContext* context, nint parent, byte* name, bool file)
    {
        const int Mode = 0b111_101_101, CreateExclusive = 1 | 0x40 | 0x80 | 0x20000 | 0x80000;
        nint result = file
            ? context->Raw(Call.openat, parent, (nint)name, CreateExclusive, Mode, 0, 0)
            : context->Raw(Call.mkdirat, parent, (nint)name, Mode, 0, 0, 0);
        if (file && result >= 0)
        {
            context->Raw(Call.close, result, 0, 0, 0, 0, 0);
        }

        // somebody else made it meanwhile: the final open decides whether it is what we need
        return result == -EEXIST ? 0 : result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsLast(byte* rest, int end, byte separator)
    {
        if (separator == 0)
        {
            return true;
        }

        int i = end + 1;
        while (rest[i] == (byte)'/')
        {
            i++;
        }

        return rest[i] == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Parent(byte* walked, int length)
    {
        while (length > 0 && walked[length - 1] != (byte)'/')
        {
            length--;
        }

        return length > 0 ? length - 1 : 0;
    }

    // "." in the last bytes of the third buffer
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static byte* Dot(PlanContext* context)
    {
        byte* dot = context->Scratch + (3 * PlanContext.PathBufferSize) - 2;
        dot[0] = (byte)'.';
        dot[1] = 0;
        return dot;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Length(byte* text)
    {
        int length = 0;
        while (text[length] != 0)
        {
            length++;
        }

        return length;
    }

    // Not Span.CopyTo: that may call a helper outside this file. Regions may overlap when moving towards the start only.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(byte* from, byte* to, int length)
    {
        for (int i = 0; i < length; i++)
        {
            to[i] = from[i];
        }
    }
}
