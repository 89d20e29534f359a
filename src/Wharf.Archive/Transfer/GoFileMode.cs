using Wharf.Linux;

namespace Wharf.Archive.Transfer;

/// <summary>stat(2)'s mode as Go's os.FileMode spells it, which is what the Engine API carries.</summary>
public static class GoFileMode
{
    public const uint Directory = 1u << 31;
    public const uint SymbolicLink = 1u << 27;
    public const uint Device = 1u << 26;
    public const uint NamedPipe = 1u << 25;
    public const uint Socket = 1u << 24;
    public const uint SetUserId = 1u << 23;
    public const uint SetGroupId = 1u << 22;
    public const uint CharacterDevice = 1u << 21;
    public const uint Sticky = 1u << 20;

    public static uint Of(uint mode)
    {
        uint go = mode & 0x1FF;
        go |= (mode & FileType.Mask) switch
        {
            FileType.Directory => Directory,
            FileType.SymbolicLink => SymbolicLink,
            FileType.BlockDevice => Device,
            FileType.CharacterDevice => Device | CharacterDevice,
            FileType.Fifo => NamedPipe,
            FileType.Socket => Socket,
            _ => 0,
        };
        return go | ((mode & 0x800) != 0 ? SetUserId : 0) | ((mode & 0x400) != 0 ? SetGroupId : 0) | ((mode & 0x200) != 0 ? Sticky : 0);
    }
}
