namespace Wharf.Archive.Tar;

/// <summary>What an entry makes; the extension records of pax and GNU never reach a reader's caller.</summary>
public enum TarEntryType : byte
{
    File = (byte)'0',
    HardLink = (byte)'1',
    SymbolicLink = (byte)'2',
    CharacterDevice = (byte)'3',
    BlockDevice = (byte)'4',
    Directory = (byte)'5',
    Fifo = (byte)'6',
}
