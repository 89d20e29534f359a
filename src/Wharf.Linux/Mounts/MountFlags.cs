namespace Wharf.Linux;

/// <summary>MS_* of mount(2).</summary>
[Flags]
public enum MountFlags : ulong
{
    None = 0,
    ReadOnly = 1,
    NoSuid = 2,
    NoDev = 4,
    NoExec = 8,
    Synchronous = 16,
    Remount = 32,
    MandatoryLocks = 64,
    DirectorySync = 128,
    NoSymFollow = 256,
    NoAccessTime = 1024,
    NoDirectoryAccessTime = 2048,
    Bind = 4096,
    Move = 8192,
    Recursive = 16384,
    Silent = 32768,
    PosixAcl = 1 << 16,
    Unbindable = 1 << 17,
    Private = 1 << 18,
    Slave = 1 << 19,
    Shared = 1 << 20,
    RelativeAccessTime = 1 << 21,
    InodeVersion = 1 << 23,
    StrictAccessTime = 1 << 24,
    LazyTime = 1 << 25,
}

/// <summary>MNT_* and UMOUNT_* of umount2(2).</summary>
[Flags]
public enum UnmountFlags
{
    None = 0,
    Force = 1,
    Detach = 2,
    Expire = 4,
    NoFollow = 8,
}

/// <summary>OPEN_TREE_* of open_tree(2); AT_* flags are given beside them.</summary>
[Flags]
public enum OpenTreeFlags : uint
{
    None = 0,
    /// <summary>A detached copy of the mount, ready for move_mount(2); without it the handle is like O_PATH.</summary>
    Clone = 1,
    SymlinkNoFollow = 0x100,
    EmptyPath = 0x1000,
    Recursive = 0x8000,
    CloseOnExec = 0x80000,
}

/// <summary>MOVE_MOUNT_* of move_mount(2).</summary>
[Flags]
public enum MoveMountFlags : uint
{
    None = 0,
    FromSymlinks = 1,
    FromEmptyPath = 4,
    ToSymlinks = 0x10,
    ToEmptyPath = 0x40,
}

/// <summary>MOUNT_ATTR_* of fsmount(2) and mount_setattr(2).</summary>
[Flags]
public enum MountAttributes : ulong
{
    None = 0,
    ReadOnly = 1,
    NoSuid = 2,
    NoDev = 4,
    NoExec = 8,
    /// <summary>The bits of access time behaviour, cleared as one before another is set.</summary>
    AccessTimeMask = 0x70,
    NoAccessTime = 0x10,
    StrictAccessTime = 0x20,
    NoDirectoryAccessTime = 0x80,
    IdMap = 0x100000,
    NoSymFollow = 0x200000,
}
