namespace Gdn.Reference.Kernels;

/// <summary>Work that is set up once and run many times. Disposing it gives its memory back.</summary>
public interface ITimedWork : IDisposable
{
    /// <summary>Does the work. Every run does the same.</summary>
    void Run();

    /// <summary>
    /// Seconds that the last run took by the clock of the device that it ran on; null where the caller's clock says it as well.
    /// </summary>
    double? DeviceSeconds => null;
}
