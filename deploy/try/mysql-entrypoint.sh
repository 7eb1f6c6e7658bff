# What the entry point of the image mysql does of what the product needs: makes the data folder, the database and its
# user, then becomes the server.
set -euo pipefail
data=/var/lib/mysql
run=(mysqld --user=mysql --datadir="$data" --socket=/tmp/mysql.sock --pid-file=/tmp/mysql.pid --secure-file-priv=NULL --mysqlx=OFF)
chown mysql "$data"
if [ ! -d "$data/mysql" ]; then
  "${run[@]}" --initialize-insecure
  "${run[@]}" --skip-networking &
  for _ in $(seq 300); do mysqladmin --socket=/tmp/mysql.sock -u root ping >/dev/null 2>&1 && break; sleep 0.5; done
  mysql --socket=/tmp/mysql.sock -u root <<SQL
CREATE DATABASE IF NOT EXISTS $MYSQL_DATABASE;
CREATE USER '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD';
GRANT ALL ON $MYSQL_DATABASE.* TO '$MYSQL_USER'@'%';
CREATE USER 'root'@'%' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
ALTER USER 'root'@'localhost' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
SQL
  mysqladmin --socket=/tmp/mysql.sock -u root -p"$MYSQL_ROOT_PASSWORD" shutdown
  wait
fi
exec "${run[@]}" --bind-address=0.0.0.0 "$@"
