namespace Gdn.Reference.Kernels;

/// <summary>Work that is set up once and run many times. Disposing it gives its memory back.</summary>
public interface ITimedWork : IDisposable
{
    /// <summary>Does the work. Every run does the same.</summary>
    void Run();
}
