using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Gdn.Harness.Server.Http;

/// <summary>Closes connections of a client that has too many.</summary>
/// <param name="most">Connections from one address at a time.</param>
internal sealed class ClientLimit(int most)
{
    private readonly ConcurrentDictionary<IPAddress, int> _open = [];

    /// <summary>Lets a connection pass, or ends it.</summary>
    public ConnectionDelegate Handle(ConnectionDelegate next) => async connection =>
    {
        IPAddress client = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        try
        {
            if (_open.AddOrUpdate(client, 1, (_, count) => count + 1) <= most) await next(connection);
            else connection.Abort();
        }
        finally
        {
            if (_open.AddOrUpdate(client, 0, (_, count) => count - 1) == 0) _open.TryRemove(KeyValuePair.Create(client, 0));
        }
    };
}
