using Wharf.Engine.Files; using Wharf.Engine.Host; using Wharf.Engine.Prune; using Wharf.Engine.Stats; using Wharf.Engine.Top;
namespace Wharf.Daemon.Hosting;
internal sealed class Stub { public static IContainerFiles Files=null!; public static IContainerStats Stats=null!; public static IContainerTop Top=null!; public static IPruneService Prune=null!; public static ISystemService System=null!; }
